<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that says what it finds in $_SERVER, and then does to it whatever a script can, so
 *       that nothing of it may be found by the next request.
 */

declare(strict_types=1);

final class Ending
{
    public static array $seen = [];

    public function __destruct()
    {
        self::$seen[] = count($_SERVER) > 10;
        $_SERVER['ended'] = 1;
    }
}

final class Acts
{
    private array $kept = [];
    private array $referred = [];
    private array $walks = [];

    public function write(): void
    {
        $_SERVER['REQUEST_URI'] = 'written';
        $_SERVER['mine'] = 1;
        unset($_SERVER['HTTP_HOST'], $_SERVER['argv']);
    }

    public function keep(): void
    {
        $this->kept[] = [$_SERVER, json_encode($_SERVER)];
    }

    public function keepTexts(): void
    {
        foreach (['REQUEST_URI', 'REMOTE_PORT', 'HTTP_X_DO', 'HTTP_ACCEPT'] as $name) {
            $text = $_SERVER[$name] ?? '';
            $this->kept[] = [$text, json_encode($text . '')];
        }
    }

    public function refer(): void
    {
        $this->referred[] = &$_SERVER;
        $this->referred[0]['referred'] = 1;
    }

    public function referToOne(): void
    {
        $this->referred[] = &$_SERVER['HTTP_X_DO'];
        $this->referred[array_key_last($this->referred)] = 'referred';
    }

    public function each(): void
    {
        foreach ($_SERVER as &$value) {
            $value = 'each';
        }
    }

    public function extract(): void
    {
        extract($_SERVER, EXTR_REFS);
        $REQUEST_URI = 'extracted';
    }

    public function globals(): void
    {
        $GLOBALS['_SERVER']['global'] = 1;
    }

    public function drop(): void
    {
        unset($GLOBALS['_SERVER']);
    }

    public function replace(): void
    {
        $_SERVER = ['replaced' => 1];
    }

    public function noArray(): void
    {
        $_SERVER = 'text';
    }

    public function destruct(): void
    {
        $_SERVER['ending'] = new Ending();
    }

    public function move(): void
    {
        end($_SERVER);
        ksort($_SERVER);
        array_shift($_SERVER);
    }

    public function walk(): void
    {
        $walk = (static function () {
            foreach ($_SERVER as $name => $value) {
                yield $name => $value;
            }
        })();
        $all = json_encode($_SERVER);
        $this->walks[] = [$walk, $walk->key(), $all];
    }

    public function arguments(): void
    {
        $GLOBALS['argv'][] = 'more';
    }

    /** What was kept is what it was then. */
    public function isWhole(): bool
    {
        foreach ($this->kept as [$value, $text]) {
            if (json_encode($value) !== $text) {
                return false;
            }
        }
        foreach ($this->walks as [$walk, , $text]) {
            $rest = [];
            foreach ($walk as $name => $value) {
                $rest[$name] = $value;
            }
            if (json_encode($rest) !== $text) {
                return false;
            }
        }
        $this->walks = [];
        return !in_array(false, Ending::$seen, true);
    }
}

$acts = new Acts();

Kraken\handle(static function () use ($acts): void {
    $do = $_SERVER['HTTP_X_DO'] ?? '';
    $whole = $acts->isWhole();
    echo json_encode([$_SERVER, $whole, $GLOBALS['_SERVER'] === $_SERVER]);
    foreach (['HTTP_X_PUT', 'HTTP_X_TAKE'] as $name) {
        if (isset($_SERVER[$name])) {
            putenv($_SERVER[$name]);
        }
    }
    if ($do !== '' && $do !== 'nothing') {
        $acts->$do();
    }
});
