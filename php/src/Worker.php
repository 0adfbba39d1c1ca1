<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

use Kraken\Protocol\Answer;
use Kraken\Protocol\Frame;
use Kraken\Protocol\Link;
use Kraken\Protocol\ProtocolError;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * @file The loop of a persistent worker: one request at a time, until the daemon says otherwise.
 *
 * How many requests, how long, how much memory: the daemon decides and asks the worker to end.
 */
final class Worker
{
    private static int $requests = 0;
    private static int $flags = 0;
    /** The worker while its handler makes an answer; where kraken-php calls it, always. */
    private static ?self $answering = null;

    private readonly Answer $answer;
    private string $stream = '';
    /** kraken-php makes the requests and takes the answers: Native\serve(). */
    private readonly bool $served;

    /**
     * @param \Closure(Request): mixed $handler
     * @param ?\Closure(): mixed $reset
     */
    private function __construct(
        private readonly Link $link,
        private readonly \Closure $handler,
        private readonly ?\Closure $reset
    ) {
        $this->served = $link->serves();
        $this->answer = new Answer($link, $this->served);
    }

    /**
     * Serves requests and returns when the daemon wants this process gone; the program should end
     * then.
     *
     * An exception of the handler is logged and answered 500, and the worker goes on. An exit, a
     * fatal error, and an exception of $reset or of a body already begun are reported and end it.
     *
     * @param callable|object $handler `fn(Request): Response|array|string`, see Response::of() for
     *        the arrays, or a PSR-15 RequestHandlerInterface (then a PSR-17 factory is needed)
     * @param ?callable $reset called after each answer has been sent, to drop what the application
     *        kept of the request
     */
    public static function run(callable|object $handler, ?callable $reset = null): void
    {
        $link = Link::attach(rehearses: true);
        $link->welcome();
        $handler = \is_callable($handler) && !$handler instanceof RequestHandlerInterface
            ? $handler(...)
            : Psr7Adapter::handler($handler);
        (new self($link, $handler, $reset === null ? null : $reset(...)))->serve();
    }

    /** The alias of this container, `Main/web/w3`; '' outside a worker. */
    public static function alias(): string
    {
        return Link::current()?->welcome()->alias ?? '';
    }

    /** How often this container has been started; 0 outside a worker. */
    public static function generation(): int
    {
        return Link::current()?->welcome()->generation ?? 0;
    }

    /**
     * The arguments the topology gives this container.
     *
     * @return array<string, string>
     */
    public static function args(): array
    {
        return Link::current()?->welcome()->args ?? [];
    }

    /** Requests this process has taken, the present one included. */
    public static function requests(): int
    {
        return self::$answering?->served === true ? Native\requests() : self::$requests;
    }

    /** Asks to be replaced after the present answer: planned, hence no failure. */
    public static function recycle(): void
    {
        self::$flags = Frame::RECYCLE;
        if (self::$answering?->served === true) {
            Native\recycle();
        }
    }

    /**
     * Tells the client ahead of the answer what it will need (103 Early Hints), as often as wanted:
     * `Worker::earlyHints(['Link' => '</app.css>; rel=preload; as=style'])`. Clients of HTTP/1.0 are
     * told nothing.
     *
     * @param array<mixed> $headers as the headers of a Response
     * @return bool false: there is no request, or its answer has begun
     * @throws \UnexpectedValueException for a header HTTP cannot carry
     */
    public static function earlyHints(array $headers): bool
    {
        $worker = self::$answering;
        if ($worker === null || $worker->answer->begun) {
            return false;
        }
        if (!$worker->served) {
            $worker->answer->hints($headers, $worker->stream);
        } elseif (Native\serving() !== null) {
            $worker->answer->hints($headers, Native\stream());
        } else {
            return false;
        }
        return true;
    }

    private function serve(): void
    {
        $this->link->output->flush();
        $this->getReady();
        if ($this->served) {
            $this->serveCalled();
        } else {
            $this->serveFrames();
        }
        $this->link->crash->finished = true;
    }

    /** kraken-php has the loop and calls the handler. */
    private function serveCalled(): void
    {
        $link = $this->link;
        $link->crash->served = true;
        self::$answering = $this;
        if (self::$flags !== 0) {
            Native\recycle(); // was asked for while the application booted
        }
        $flush = $link->output->flush(...);
        while (Native\serve($this->handler, $this->settle(...), $flush, $this->reset)) {
            $link->join(); // what came so far was a template's rehearsal
            $this->getReady();
        }
    }

    private function serveFrames(): void
    {
        $link = $this->link;
        while (!$this->answer->draining) {
            $type = $link->receive();
            if ($type === Frame::REQUEST) {
                $this->serveOne();
            } elseif ($type === Frame::PING) {
                $link->send(Frame::bytes(Frame::PONG, $link->payload()));
            } elseif ($type === Frame::WELCOME) {
                $link->join();
                self::$requests = 0;
                $this->getReady();
            } elseif ($type === Frame::DRAIN || $type === Link::END) {
                break;
            }
        }
    }

    private function getReady(): void
    {
        $this->link->crash->ready();
        if ($this->served) {
            Native\ready();
        } else {
            $this->link->send(Frame::bytes(Frame::READY, ''));
        }
    }

    private function serveOne(): void
    {
        $link = $this->link;
        $request = new Request($link->frame);
        $link->frame = '';
        $stream = $link->stream;
        $link->crash->serving = $request;
        ++self::$requests;
        $this->answer->begun = false;
        $this->stream = $stream;
        self::$answering = $this;
        try {
            $response = ($this->handler)($request);
            $this->give($response, $stream);
        } catch (ProtocolError $e) {
            throw $e;
        } catch (\Throwable $e) {
            $this->failed($e, $request, $stream);
        }
        self::$answering = null;
        $link->crash->serving = null;
        $request->release();
        $link->output->flush();
        // What the request held is free before the wait for the next one.
        unset($request, $response);
        if ($this->reset !== null) {
            ($this->reset)();
        }
    }

    /** What kraken-php leaves to the package: failures, streams, large bodies, headers to be refused. */
    private function settle(Request $request, mixed $returned, ?\Throwable $thrown): void
    {
        $stream = Native\stream();
        try {
            if ($thrown !== null) {
                throw $thrown;
            }
            $this->give($returned, $stream);
        } catch (ProtocolError $e) {
            throw $e;
        } catch (\Throwable $e) {
            $this->failed($e, $request, $stream);
        }
        $this->answer->begun = false; // of the next one
    }

    private function give(mixed $returned, string $stream): void
    {
        $this->answer->write(
            $returned instanceof Response ? $returned : Response::of($returned),
            $stream,
            self::$flags
        );
    }

    private function failed(\Throwable $e, Request $request, string $stream): void
    {
        if ($e instanceof BadRequest) {
            $this->link->send(Log::frame('info', $e->getMessage(), ['path' => $request->path()]));
            $response = Response::text($e->getMessage() . "\n", 400);
        } else {
            $this->link->send(Log::frame('error', $e->getMessage(), [
                'class' => $e::class,
                'at' => $e->getFile() . ':' . $e->getLine(),
                'request' => $request->method() . ' ' . $request->path(),
                'trace' => $e->getTraceAsString(),
            ]));
            $debug = \getenv('KRAKEN_DEBUG') === '1';
            $response = Response::text($debug ? "$e\n" : "Internal Server Error\n", 500);
        }
        if ($this->answer->begun) {
            // Half an answer is out and nothing can take it back: only an end that the client sees
            // as a break tells it the truth.
            throw $e;
        }
        $this->answer->write($response, $stream, self::$flags);
    }
}
