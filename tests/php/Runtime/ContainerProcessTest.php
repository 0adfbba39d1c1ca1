<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Runtime;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\ReceivedFrame;
use Kraken\Tests\Support\WorkerProcess;
use PHPUnit\Framework\TestCase;

/**
 * @file A container's process with the daemon's end in the test's hands: boot, answers, failures,
 * orders, the end.
 */
final class ContainerProcessTest extends TestCase
{
    private const NO_ARGUMENT = 'Kraken\Throwable\Exception\Logic\InvalidArgumentException';
    private const RUNNER = __DIR__ . '/../../../php/bin/container.php';
    private const AUTOLOAD = '--autoload=' . __DIR__ . '/../../support/app/autoload.php';

    /** @param list<string> $words @param array<string, string> $args */
    private static function container(
        array $words = ['Probe'],
        array $args = [],
        array $php = [\PHP_BINARY]
    ): WorkerProcess {
        return new WorkerProcess(
            [...$php, self::RUNNER, self::AUTOLOAD, ...$words],
            [],
            Frames::welcome(['alias' => 'Main/T1', 'args' => $args])
        );
    }

    private static function frame(int $type, int $stream = 0, mixed $value = null): string
    {
        $payload = $value === null ? '' : MessagePack::encode($value);
        return Frame::bytes($type, $payload, \pack('N', $stream));
    }

    private static function call(WorkerProcess $of, mixed $value, int $timeout = 2000): ReceivedFrame
    {
        $of->send(self::frame(Frame::CALL, 7, ['Main/x', $value, $timeout, 'id']));
        $answer = $of->next();
        self::assertSame([Frame::REPLY, 7], [$answer?->type, $answer?->stream]);
        return $answer;
    }

    /** @return list<string> what it printed, line by line */
    private static function printed(WorkerProcess $of): array
    {
        $text = '';
        foreach ($of->logs as $log) {
            $text .= $log['message'] === 'output' ? $log['context']['text'] : '';
        }
        return \explode("\n", \rtrim($text));
    }

    /** @return list<string> the lines that tell of hooks */
    private static function hooks(WorkerProcess $of): array
    {
        return \array_values(\preg_filter('/^hook (\S+) state=(\d+) reason=(.*)$/', '$1$2$3',
            self::printed($of)));
    }

    /** @return array<string, array{list<string>}> */
    public static function interpreters(): array
    {
        return ['with extensions' => [[\PHP_BINARY]], 'bare' => [[\PHP_BINARY, '-n']]];
    }

    /** @dataProvider interpreters */
    public function testBootsAnswersAndEnds(array $php): void
    {
        $c = self::container(args: ['color' => 'red'], php: $php)->boot();
        self::assertSame(
            [0, ['Process', 'Main', 'T1', 'Main/T1', 'Probe', ['color' => 'red'], 4]],
            self::call($c, ['who'])->value()
        );
        self::assertSame([0, ['probe' => ['answer' => 42]]], self::call($c, ['config'])->value());
        self::assertSame([0, ['echo' => 'x', 'from' => 'Main/x']], self::call($c, 'x')->value());
        $c->send(self::frame(Frame::DRAIN, 0, ['then' => 'destroy']));
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
        self::assertSame('', $c->errorText());
        self::assertSame(['BeforeCreate2', 'Create1', 'AfterCreate1', 'BeforeStart4', 'Start4',
            'AfterStart4', 'BeforeStop8destroy', 'Stop8destroy', 'AfterStop8destroy',
            'BeforeDestroy8destroy', 'Destroy8destroy', 'AfterDestroy2destroy'], self::hooks($c));
    }

    public function testTheExampleOfTheDocumentationRunsAsWritten(): void
    {
        $c = self::container(['Test'])->boot();
        $c->send(self::frame(Frame::DRAIN));
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
    }

    /** @return array<string, array{list<string>, string}> */
    public static function impossible(): array
    {
        return [
            'no class' => [['Nope'], 'Runtime class not found: tried '
                . 'App\Process\Container\Nope\NopeContainer, '
                . 'App\Runtime\Container\Nope\NopeContainer, Nope.'],
            'own patterns' => [['--lookup=X\%name%', '--lookup=Y\%name%', 'Nope'],
                'Runtime class not found: tried X\Nope, Y\Nope, Nope.'],
            'no name of a class' => [['../Test'],
                "Runtime class not found: '../Test' is no name of a class."],
            'nothing' => [[], "Runtime class not found: '' is no name of a class."],
            'another class' => [['stdClass'],
                'The class stdClass does not extend Kraken\Runtime\RuntimeContainer.'],
            'no such option' => [['--fast', 'Test'], "Unknown argument '--fast'."],
            'no autoload file' => [['--autoload=/nowhere.php', 'Test'],
                'Autoload file not found: /nowhere.php.'],
        ];
    }

    /** @dataProvider impossible */
    public function testWhatCannotBeRunIsToldAndEndsTheProcess(array $words, string $message): void
    {
        $c = self::container($words);
        self::assertSame(Frame::HELLO, $c->next()?->type);
        $fatal = $c->next();
        self::assertSame(Frame::FATAL, $fatal?->type);
        self::assertSame($message, $fatal->value()[1]);
        self::assertSame(255, $c->exitCode());
        self::assertStringContainsString($message, $c->errorText());
    }

    /** @return array<string, array{string}> */
    public static function firstHooks(): array
    {
        return ['BeforeCreate' => ['BeforeCreate'], 'Create' => ['Create'], 'Start' => ['Start'],
            'AfterStart' => ['AfterStart']];
    }

    /** @dataProvider firstHooks */
    public function testAHookThatThrowsBeforeItServesEndsTheProcess(string $hook): void
    {
        $c = self::container(args: ['throw' => $hook]);
        self::assertSame(Frame::HELLO, $c->next()?->type);
        $fatal = $c->next();
        self::assertSame([Frame::FATAL, "in $hook"], [$fatal?->type, $fatal?->value()[1]]);
        self::assertSame(255, $c->exitCode());
    }

    public function testAnUncaughtExceptionIsAFailureAndNothingRunsUntilItIsDecided(): void
    {
        $c = self::container()->boot();
        self::call($c, ['tick', 0.001]);
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'throw']));
        $fail = $c->next();
        self::assertSame(Frame::FAIL, $fail?->type);
        [$class, $message, , , , $parents] = $fail->value();
        self::assertSame(['DomainException', 'thrown'], [$class, $message]);
        self::assertSame(['LogicException', 'Exception', 'Stringable', 'Throwable'], $parents);
        // It hears the daemon, but takes no mail and runs no timer.
        $c->send(self::frame(Frame::CALL, 1, ['Main/x', ['ticks'], 2000, '']));
        $c->send(self::frame(Frame::CALL, 2, ['Main/x', ['who'], 2000, '']));
        $c->send(self::frame(Frame::PING, 0, 9));
        self::assertSame([Frame::PONG, 9], [($pong = $c->next())?->type, $pong?->value()]);
        \usleep(20_000);
        $c->send(self::frame(Frame::RESUME));
        $ticks = $c->next();
        self::assertSame([Frame::REPLY, 1], [$ticks?->type, $ticks?->stream]);
        self::assertLessThan(15, $ticks->value()[1]); // 20 of them were left out
        self::assertSame(2, $c->next()?->stream); // in the order in which they came
        self::call($c, ['later', 0.01]);
        self::assertGreaterThan($ticks->value()[1], self::call($c, ['ticks'])->value()[1]);
    }

    public function testATimerThatThrowsIsKept(): void
    {
        $c = self::container()->boot();
        self::call($c, ['tick and throw', 0.001]);
        for ($i = 1; $i <= 5; ++$i) {
            self::assertSame("tick $i", $c->next()?->value()[1]);
            $c->send(self::frame(Frame::RESUME));
        }
    }

    public function testASecondFailureMeanwhileIsNotLost(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'fail twice']));
        self::assertSame('first', $c->next()?->value()[1]);
        self::assertSame('second', $c->next()?->value()[1]);
        $c->send(self::frame(Frame::RESUME));
        self::assertSame([0, 'hello'], self::call($c, ['hello'])->value());
    }

    public function testAThousandRecoveriesCostNeitherMemoryNorStack(): void
    {
        $c = self::container()->boot();
        $fail = self::frame(Frame::MESSAGE, 0, ['Main/x', 'throw'])
            . self::frame(Frame::RESUME);
        $rounds = static function (int $n) use ($c, $fail): void {
            for ($i = 0; $i < $n; ++$i) {
                $c->send($fail);
                self::assertSame(Frame::FAIL, $c->next()?->type);
            }
        };
        $rounds(100);
        $before = self::call($c, ['memory'])->value()[1];
        $rounds(1_000);
        $after = self::call($c, ['memory'])->value()[1];
        self::assertSame($before[1], $after[1]);
        self::assertLessThan(4_096, $after[0] - $before[0]);
    }

    public function testWhatARequestThrowsIsItsAnswerAndNoFailure(): void
    {
        $c = self::container()->boot();
        self::assertSame([1, ['DomainException', 'no', '0']], self::call($c, ['throw', 'no'])->value());
        self::assertSame(
            [1, ['Kraken\Throwable\Exception\Runtime\RejectionException', 'no', '0']],
            self::call($c, ['reject', 'no'])->value()
        );
        self::assertSame(
            [1, [self::NO_ARGUMENT, 'This cannot be sent: answer is stdClass.', '0']],
            self::call($c, ['object'])->value()
        );
    }

    public function testWhatCannotBeSentIsRejectedWithItsPlace(): void
    {
        $why = self::NO_ARGUMENT . ': This cannot be sent: ';
        $said = static fn (string $of, string $what): array => [
            'message' => "{$why}value$of$what", 'request' => "{$why}value$of$what",
            'command' => "{$why}params['with']$of$what",
        ];
        $deep = ' is an array within too many others.';
        [$inside, $nested, $itself] = self::call(self::container()->boot(), ['unsendable'])->value()[1];
        self::assertSame($said("['user'][1]", ' is ArrayObject.'), $inside);
        self::assertSame($said(\str_repeat('[0]', 63), $deep), $nested);
        self::assertSame($said('', ' is stdClass.'), $itself);
    }

    public function testALongAnswerGivesSignsOfLife(): void
    {
        $c = self::container()->boot();
        $seen = [self::call($c, ['later', 0.1], 40)->value()];
        while (\end($seen)[0] === Frame::UNFINISHED) {
            $seen[] = $c->next()?->value();
        }
        self::assertSame([0, 'later'], \array_pop($seen));
        self::assertGreaterThanOrEqual(2, \count($seen));
    }

    public function testARequestCanBeTakenBack(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 7, ['Main/x', ['never'], 2000, '']));
        $c->send(self::frame(Frame::CANCEL, 7));
        $answer = $c->next();
        self::assertSame([7, Frame::CANCELLED], [$answer?->stream, $answer?->value()[0]]);
        self::call($c, ['hello']);
        self::assertContains('cancelled', self::printed($c));
    }

    /** @return array<string, array{string, list<mixed>}> */
    public static function asking(): array
    {
        $how = ['timeout' => 0.05, 'total' => 0.1];
        return ['a request' => ['request', ['Main/y', 1, $how]],
            'a command' => ['command', ['Main/y', 'probe', $how]]];
    }

    /** @dataProvider asking */
    public function testATotalBoundsARequestThatShowsSignsOfLife(string $what, array $with): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', [$what, $with], 60_000, '']));
        $asked = $c->next();
        self::assertContains($asked?->type, [Frame::CALL, Frame::COMMAND]);
        $answers = $asked->type === Frame::CALL ? Frame::REPLY : Frame::RESULT;
        $c->send(self::frame($answers, $asked->stream, [3, null]));
        $taken = $c->next();
        self::assertSame([Frame::CANCEL, $asked->stream], [$taken?->type, $taken?->stream]);
        $c->send(self::frame($answers, $asked->stream, [2, null]));
        [$status, $why] = $c->next()?->value();
        self::assertSame(1, $status);
        self::assertSame('Kraken\Throwable\Exception\Runtime\TimeoutException', $why[0]);
        self::assertSame('No response was received within 0.1 s in all.', $why[1]);
    }

    public function testCommandsOfTheContainer(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::COMMAND, 3, ['Main/x', 'probe', ['do' => 'hello'], 0]));
        $answer = $c->next();
        self::assertSame([Frame::RESULT, 3, [0, 'hello']],
            [$answer?->type, $answer?->stream, $answer?->value()]);
        $c->send(self::frame(Frame::COMMAND, 4, ['Main/x', 'probe', ['do' => 'none', 'a' => 1], 0]));
        self::assertSame(
            [0, ['origin' => 'Main/x', 'do' => 'none', 'a' => 1]],
            $c->next()?->value()
        );
        $c->send(self::frame(Frame::COMMAND, 5, ['Main/x', 'other', [], 0]));
        self::assertSame(
            [1, ['Kraken\Throwable\Exception\Runtime\ExecutionException',
                'Command [other] is not registered.', '0']],
            $c->next()?->value()
        );
    }

    public function testRequestsOfTheContainerAreTriedAgainUnderTheSameIdentity(): void
    {
        $c = self::container()->boot();
        $how = ['timeout' => 0.5, 'retriesLimit' => 3, 'retriesInterval' => 0.001];
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['request', ['B', 'q', $how]], 2000, '']));
        $ids = [];
        for ($i = 0; $i < 3; ++$i) {
            $call = $c->next();
            self::assertSame(Frame::CALL, $call?->type);
            [$target, $mode, $value, $timeout, $ids[]] = $call->value();
            self::assertSame(['B', 0, 'q', 500], [$target, $mode, $value, $timeout]);
            $c->send(self::frame(Frame::REPLY, $call->stream, [1, ['', 'late', 'timeout']]));
        }
        self::assertCount(1, \array_unique($ids));
        self::assertNotSame('', $ids[0]);
        self::assertSame(
            ['Kraken\Throwable\Exception\Runtime\TimeoutException',
                'No response was received during specified timeout.', '0'],
            $c->next()?->value()[1]
        );
    }

    public function testAnAnswerOfAnotherContainerIsHandedOn(): void
    {
        $c = self::container()->boot();
        $cases = [
            [[0, ['x' => 1]], [0, ['x' => 1]]],
            [[1, ['RangeException', 'far', '3']], [1, ['RangeException', 'far', '3']]],
            [[1, ['Their\Own', 'x', '0']], [1,
                ['Kraken\Throwable\Exception\Runtime\ExecutionException', 'Their\Own: x', '0']]],
            [[1, ['', 'no B', 'not_found']], [1,
                ['Kraken\Throwable\Exception\Logic\ResourceUndefinedException', 'no B', '0']]],
            [[2, null], [2, null]],
        ];
        foreach ($cases as [$given, $expected]) {
            $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['request', ['B', 'q']], 2000, '']));
            $call = $c->next();
            $c->send(self::frame(Frame::REPLY, $call?->stream, $given));
            self::assertSame($expected, $c->next()?->value());
        }
    }

    /** @return array<string, array{string, mixed, int}> */
    public static function many(): array
    {
        return [
            'a list' => ['request', ['B', 'C', 'D', 'E'], Frame::CALL],
            'a list of one' => ['message', ['B'], Frame::MESSAGE],
            'a glob' => ['request', 'web/*', Frame::CALL],
            'a glob of one letter' => ['command', 'w?', Frame::COMMAND],
        ];
    }

    /** @dataProvider many */
    public function testOfManyEachAnswersWithItsValueOrTheReasonItHasNone(
        string $how,
        mixed $target,
        int $type
    ): void {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['settled', [$how, $target, 'q']], 2000, '']));
        $call = $c->next();
        self::assertSame([$type, $target], [$call?->type, $call?->value()[0]]);
        $reply = $type === Frame::COMMAND ? Frame::RESULT : Frame::REPLY;
        $c->send(self::frame($reply, $call->stream, [0, [
            'B' => [0, [1, 'one']],
            'C' => [1, ['', 'no C', 'no_such']],
            'D' => [1, ['RangeException', 'far', '3']],
            'E' => [2, null],
            'F' => [1, ['', 'late', 'timeout']],
        ]]));
        self::assertSame([0, [
            'B' => [1, 'one'],
            'C' => ['Kraken\Throwable\Exception\Logic\ResourceUndefinedException', 'no C', 0],
            'D' => ['RangeException', 'far', 3],
            'E' => ['Kraken\Throwable\Exception\Runtime\CancellationException',
                'The request has been cancelled.', 0],
            'F' => ['Kraken\Throwable\Exception\Runtime\TimeoutException',
                'No response was received during specified timeout.', 0],
        ]], $c->next()?->value());
    }

    public function testOfOneAMapIsItsAnswerAsItIs(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['request', ['B', 'q']], 2000, '']));
        $c->send(self::frame(Frame::REPLY, $c->next()?->stream, [0, ['B' => [1, ['', 'x', 'y']]]]));
        self::assertSame([0, ['B' => [1, ['', 'x', 'y']]]], $c->next()?->value());
    }

    public function testAQuestionThatIsWaitedForKeepsTheOrderOfWhatComesMeanwhile(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['exists', 'B'], 2000, '']));
        $asked = $c->next();
        self::assertSame([Frame::COMMAND, ['', 'process:exists',
            ['parent' => 'Main/T1', 'alias' => 'B'], 0]], [$asked?->type, $asked?->value()]);
        foreach ([1, 2] as $n) {
            $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', $n]));
        }
        $c->send(self::frame(Frame::RESULT, $asked->stream, [0, 'Process exists.'])
            . self::frame(Frame::MESSAGE, 0, ['Main/x', 3])
            . self::frame(Frame::CALL, 10, ['Main/x', ['messages'], 2000, '']));
        self::assertSame([9, [0, true]], [($answer = $c->next())?->stream, $answer?->value()]);
        self::assertSame([0, ['Main/x:1', 'Main/x:2', 'Main/x:3']], $c->next()?->value());
    }

    public function testExitAndFatalErrorsAreLastWords(): void
    {
        $cases = ['exit' => ['exit', 'exit in container Main/T1', 7],
            'fatal' => ['OutOfMemory', 'Allowed memory size of ', 255]];
        foreach ($cases as $what => [$class, $message, $code]) {
            $c = self::container()->boot();
            $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', $what]));
            $fatal = $c->next();
            self::assertSame([Frame::FATAL, $class], [$fatal?->type, $fatal?->value()[0]]);
            self::assertStringStartsWith($message, $fatal->value()[1]);
            self::assertSame($code, $c->exitCode());
        }
    }

    public function testAnExitBeforeItLivesSaysWhere(): void
    {
        foreach (['config', 'boot', 'construct'] as $where) {
            $c = self::container(args: ['exit' => $where]);
            self::assertSame(Frame::HELLO, $c->next()?->type);
            self::assertSame("exit in $where() of container Main/T1", $c->next()?->value()[1]);
            self::assertSame(3, $c->exitCode());
        }
    }

    public function testWhatWasPrintedIsThereWhenItDies(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 7, ['Main/x', ['echo and die', \SIGKILL], 2000, '']));
        self::assertNull($c->next());
        self::assertSame(['one', 'two'], \array_slice(self::printed($c), -2));
    }

    public function testMoreThanAFrameHoldsIsRefusedAndNothingElseHappens(): void
    {
        $c = self::container()->boot();
        $said = self::call($c, ['too large', 17_000_000])->value()[1];
        self::assertSame(['message', 'request', 'command', 'create'], \array_keys($said));
        foreach ($said as $text) {
            self::assertMatchesRegularExpression('/^Kraken.*\\\\Logic\\\\InvalidArgumentException: '
                . '.* 1700\d{4} bytes.* 16773120\.$/', $text);
        }
        self::assertSame([0, 'hello'], self::call($c, ['hello'])->value());
    }

    public function testComplaintsOfPhp(): void
    {
        $c = self::container()->boot();
        $warned = self::call($c, ['warn'])->value();
        self::assertSame('Kraken\Throwable\Error\WarningError', $warned[1][0]);
        self::assertStringStartsWith('"careful" in ', $warned[1][1]);
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'warn']));
        [$class, , $file, $line] = $c->next()?->value();
        self::assertSame('Kraken\Throwable\Error\WarningError', $class);
        self::assertStringEndsWith('/Probe/ProbeContainer.php', $file);
        self::assertStringEndsWith("$file:$line", $warned[1][1]);
        $c->send(self::frame(Frame::RESUME));
        self::call($c, ['deprecated']);
        self::call($c, ['lose a rejection']);
        self::call($c, ['hello']);
        $logs = \array_map(static fn (array $log): array => [$log['level'], $log['message']], $c->logs);
        self::assertContains(['warn', 'old'], $logs);
        self::assertContains(['warn', 'A promise was rejected and nobody looked: lost'], $logs);
    }

    public function testADrainWaitsForAnswersThatAreOwed(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['later', 0.05], 2000, '']));
        $c->send(self::frame(Frame::DRAIN, 0, ['then' => 'restart']));
        self::assertSame([0, 'later'], $c->next()?->value());
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
        self::assertContains('Stop8restart', self::hooks($c));
    }

    public function testAFailedContainerCanBeDrained(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'throw']));
        self::assertSame(Frame::FAIL, $c->next()?->type);
        $c->send(self::frame(Frame::DRAIN, 0, ['then' => 'stop']));
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
        self::assertContains('AfterDestroy2stop', self::hooks($c));
    }

    public function testItsOwnStopIsAskedForAndCarriedOutByTheDaemon(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'stop']));
        $asked = $c->next();
        self::assertSame([Frame::COMMAND, ['', 'container:stop', ['alias' => 'Main/T1'], 0]],
            [$asked?->type, $asked?->value()]);
        $c->send(self::frame(Frame::DRAIN, 0, ['then' => 'stop']));
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
    }

    public function testAnApplicationThatStopsItsLoopEnds(): void
    {
        $c = self::container()->boot();
        $c->send(self::frame(Frame::MESSAGE, 0, ['Main/x', 'stop loop']));
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
        self::assertContains('AfterDestroy2end', self::hooks($c));
    }

    public function testATerminationSignalEndsItInGoodOrderAndASecondOneAtOnce(): void
    {
        if (!\function_exists('pcntl_async_signals')) {
            self::markTestSkipped('needs ext-pcntl');
        }
        $c = self::container()->boot();
        \posix_kill($c->pid(), \SIGTERM);
        self::assertNull($c->next());
        self::assertSame(0, $c->exitCode());
        self::assertContains('AfterDestroy2end', self::hooks($c));

        $c = self::container()->boot();
        $c->send(self::frame(Frame::CALL, 9, ['Main/x', ['never'], 60_000, '']));
        $c->send(self::frame(Frame::PING, 0, 1));
        self::assertSame(Frame::PONG, $c->next()?->type); // it has the request now
        $c->send(self::frame(Frame::DRAIN) . self::frame(Frame::PING, 0, 2));
        self::assertSame(Frame::PONG, $c->next()?->type); // and waits for its answer
        \posix_kill($c->pid(), \SIGTERM);
        self::assertNull($c->next());
        self::assertSame(143, $c->exitCode());
    }

    public function testTheEndOfTheDaemonIsItsEndWithoutHooks(): void
    {
        $c = self::container()->boot();
        $c->hangUp();
        self::assertSame(0, $c->exitCode());
    }
}
