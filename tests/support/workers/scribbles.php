<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that writes to what the next request must find as if nobody had.
 */

declare(strict_types=1);

$kept = [];
$copies = [];

Kraken\handle(static function () use (&$kept, &$copies): void {
    foreach ($copies as [$copy, $text]) {
        if (json_encode($copy) !== $text) {
            echo 'a copy that was kept has changed';
        }
    }
    echo json_encode([$_GET, $_POST, $_COOKIE, $_FILES, $_SESSION ?? null, session_status()]);
    switch (getallheaders()['X-Do'] ?? '') {
        case 'write':
            $_GET['w'] = $_POST['w'] = $_COOKIE['w'] = $_FILES['w'] = 1;
            break;
        case 'keep':
            foreach ([$_GET, $_COOKIE, [$_GET['q'] ?? '', $_COOKIE['c'] ?? '']] as $copy) {
                $copies[] = [$copy, json_encode($copy)];
            }
            break;
        case 'drop-one':
            unset($_GET['q'], $_COOKIE['c']);
            break;
        case 'each':
            foreach ($_GET as &$value) {
                $value = 'each';
            }
            foreach ($_COOKIE as &$value) {
                $value = 'each';
            }
            break;
        case 'refer':
            $kept[] = &$_GET;
            $kept[] = &$_COOKIE;
            $kept[0]['r'] = $kept[1]['r'] = 1;
            break;
        case 'globals':
            foreach (['_GET', '_POST', '_COOKIE', '_FILES'] as $name) {
                $GLOBALS[$name]['g'] = 1;
            }
            break;
        case 'drop':
            unset($GLOBALS['_GET'], $GLOBALS['_COOKIE']);
            break;
        case 'session':
            session_id('0123456789abcdef0123456789abcdef');
            session_start(['save_path' => getenv('TMPDIR'), 'use_cookies' => 0]);
            $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
            break;
        case 'name':
            session_id('left-behind');
            break;
    }
});
