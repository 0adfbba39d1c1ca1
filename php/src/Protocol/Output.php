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
    private bool $atOnce = false;
    /** A line that has not ended, where lines leave at once. */
    private string $line = '';

    public function __construct(private readonly Link $link)
    {
    }

    public function start(): void
    {
        \ob_start($this->catch(...), $this->atOnce ? 1 : self::TEXT_BYTES_MAX);
        $this->level = \ob_get_level();
    }

    /**
     * From here on each line leaves when it ends: what a process printed before it was killed, or
     * hung, tells why. For those without an answer to make, which print little.
     */
    public function atOnce(): void
    {
        $this->flush();
        \ob_end_flush();
        $this->atOnce = true;
        $this->start();
    }

    /** Logs what was printed; also closes buffers the application left open, reopens ours. */
    public function flush(): void
    {
        $level = \ob_get_level();
        if ($level === $this->level) {
            if ($this->line !== '' || \ob_get_length() > 0) {
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

    private function catch(string $text, int $phase): string
    {
        if ($this->atOnce) {
            $text = $this->wholeLines($text, $phase);
        }
        if ($text !== '') {
            $context = ['text' => \substr($text, 0, self::TEXT_BYTES_MAX)];
            if (\strlen($text) > self::TEXT_BYTES_MAX) {
                $context['bytes'] = \strlen($text);
            }
            $this->link->send(Log::frame('info', 'output', $context));
            if ($this->atOnce) {
                $this->link->flush();
            }
        }
        return '';
    }

    /** The rest is kept for the next call, unless it is one that flushes or is too long. */
    private function wholeLines(string $text, int $phase): string
    {
        $flushes = ($phase & (\PHP_OUTPUT_HANDLER_FLUSH | \PHP_OUTPUT_HANDLER_FINAL)) !== 0;
        $end = $flushes || \strlen($this->line) + \strlen($text) > self::TEXT_BYTES_MAX
            ? \strlen($text)
            : (int) \strrpos("\n$text", "\n");
        if ($end === 0 && !$flushes) {
            $this->line .= $text;
            return '';
        }
        $whole = $this->line . \substr($text, 0, $end);
        $this->line = \substr($text, $end);
        return $whole;
    }
}
