<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that does with the buffer of output whatever a script may do.
 */

declare(strict_types=1);

Kraken\handle(static function (): void {
    $found = ob_get_status(true);
    header('X-Found: ' . json_encode([ob_get_level(), ob_get_length(), $found]));
    echo 'a';
    switch (getallheaders()['X-Do'] ?? '') {
        case 'close':
            ob_end_flush();
            break;
        case 'drop':
            ob_end_clean();
            break;
        case 'swap':
            ob_end_clean();
            ob_start();
            break;
        case 'other':
            ob_end_clean();
            ob_start(static fn (string $text): string => strtoupper($text));
            break;
        case 'same':
            ob_end_clean();
            ob_start(null, 4096, 0);
            break;
        case 'nest':
            ob_start(static fn (string $text): string => "<$text>");
            ob_start();
            break;
        case 'clean':
            ob_clean();
            break;
        case 'flush':
            ob_flush();
            flush();
            break;
        case 'large':
            echo str_repeat('a', 1_000_000);
            break;
        case 'early':
            Kraken\finish_request();
            break;
        case 'throw':
            throw new RuntimeException('on purpose');
    }
    echo 'b';
});
