<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

use Kraken\Log;

/**
 * @file Catches what the application prints and logs it: output is never data.
 *
 * Bytes written to descriptor 1 behind PHP's back are not seen here; the daemon captures those.
 */
final class Output
{
    /** More than this in one piece is cut. */
    public const TEXT_BYTES_MAX = 65_536;

    private int $level = 0;

    public function __construct(private readonly Link $link)
    {
    }

    public function start(): void
    {
        \ob_start($this->catch(...), self::TEXT_BYTES_MAX);
        $this->level = \ob_get_level();
    }

    /** Logs what was printed; also closes buffers the application left open, reopens ours. */
    public function flush(): void
    {
        $level = \ob_get_level();
        if ($level === $this->level) {
            if (\ob_get_length() > 0) {
                \ob_flush();
            }
            return;
        }
        while ($level > $this->level && @\ob_end_flush()) {
            --$level;
        }
        if ($level < $this->level) {
            $this->start();
        } else {
            $this->flush();
        }
    }

    private function catch(string $text): string
    {
        if ($text !== '') {
            $context = ['text' => \substr($text, 0, self::TEXT_BYTES_MAX)];
            if (\strlen($text) > self::TEXT_BYTES_MAX) {
                $context['bytes'] = \strlen($text);
            }
            $this->link->send(Log::frame('info', 'output', $context));
        }
        return '';
    }
}
