<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Http;

use Kraken\BadRequest;
use Kraken\Request;
use Kraken\Tests\Support\Frames;
use Kraken\UploadedFile;
use PHPUnit\Framework\TestCase;

/**
 * @file Forms: urlencoded and multipart, files within PHP's limits, and malformed bodies.
 */
final class FormTest extends TestCase
{
    private const TYPE = 'multipart/form-data; boundary=b0und';

    /** @var list<Request> released after each test */
    private array $requests = [];

    protected function tearDown(): void
    {
        foreach ($this->requests as $request) {
            $request->release();
        }
    }

    private function form(string $type, string $body): Request
    {
        $headers = $type === '' ? [] : ['content-type', $type];
        return $this->requests[] = Frames::object('POST', '/', $headers, $body);
    }

    /** @param list<array{string, string}> $parts disposition parameters (or whole headers), bytes */
    private function multipart(array $parts, string $type = self::TYPE): Request
    {
        $body = '';
        foreach ($parts as [$head, $bytes]) {
            $head = \str_starts_with($head, 'Content-') ? $head : "Content-Disposition: form-data; $head";
            $body .= "--b0und\r\n$head\r\n\r\n$bytes\r\n";
        }
        return $this->form($type, $body . "--b0und--\r\n");
    }

    public function testUrlencoded(): void
    {
        $request = $this->form(
            'Application/X-WWW-Form-Urlencoded; charset=utf-8',
            'a=1+2&b%5B%5D=x&b[]=y&c[k]=%C3%A9'
        );
        self::assertSame(['a' => '1 2', 'b' => ['x', 'y'], 'c' => ['k' => 'é']], $request->form());
        self::assertSame([], $request->files());
    }

    public function testOtherBodiesAreNoForm(): void
    {
        foreach (['application/json', '', 'text/plain', 'multipart/mixed; boundary=b'] as $type) {
            self::assertSame([], $this->form($type, 'a=1')->form());
        }
    }

    public function testFieldsAndFiles(): void
    {
        $bytes = \random_bytes(5_000) . "\r\n--b0un\r\n-b0und";
        $request = $this->multipart([
            ['name="title"', 'Ünïcode'],
            ['name="tags[]"', 'x'],
            ['name="tags[]"', "two\r\nlines"],
            ['name="empty"', ''],
            ["Content-Disposition: form-data; name=\"f\"; filename=\"a b.png\"\r\n"
                . 'Content-Type: image/png', $bytes],
        ]);
        self::assertSame(
            ['title' => 'Ünïcode', 'tags' => ['x', "two\r\nlines"], 'empty' => ''],
            $request->form()
        );
        $file = $request->files()['f'];
        self::assertInstanceOf(UploadedFile::class, $file);
        self::assertSame(
            ['a b.png', 'image/png', \UPLOAD_ERR_OK, \strlen($bytes), true],
            [$file->name, $file->type, $file->error, $file->size, $file->ok()]
        );
        self::assertSame($bytes, $file->contents());
        self::assertSame(0600, \fileperms($file->tmpName) & 0777);
        $request->release();
        self::assertFileDoesNotExist($file->tmpName);
    }

    public function testFilesNestAsTheirNamesSay(): void
    {
        $request = $this->multipart([
            ['name="p[]"; filename="1"', '1'],
            ['name="p[]"; filename="2"', '2'],
            ['name="d[a][b]"; filename="3"', '3'],
            ['name="same"; filename="4"', '4'],
            ['name="same"; filename="5"', '5'],
            ['name=""; filename="6"', '6'],
        ]);
        $files = $request->files();
        self::assertSame(['p', 'd', 'same'], \array_keys($files));
        self::assertSame(['1', '2'], [$files['p'][0]->contents(), $files['p'][1]->contents()]);
        self::assertSame('3', $files['d']['a']['b']->contents());
        self::assertSame('5', $files['same']->contents(), 'the last of a name');
        $before = \count(self::temporary());
        $request->release();
        self::assertCount($before - 6, self::temporary(), 'those that do not show are deleted too');
    }

    /** @return list<string> */
    private static function temporary(): array
    {
        return \glob(\sys_get_temp_dir() . '/kraken-upload-*') ?: [];
    }

    public function testAFileIsMovedAndThenAnOrdinaryOne(): void
    {
        $request = $this->multipart([['name="f"; filename="a"', 'moved']]);
        $file = $request->files()['f'];
        $target = \sys_get_temp_dir() . '/kraken-moved-' . \getmypid();
        $file->moveTo($target);
        $request->release();
        self::assertSame('moved', \file_get_contents($target));
        self::assertSame(0666 & ~\umask(), \fileperms($target) & 0777);
        \unlink($target);
        $this->expectException(\RuntimeException::class);
        $this->expectExceptionMessage("the uploaded file 'a' cannot be read");
        $file->contents();
    }

    /** @return array<string, array{string, string, string, int}> */
    public static function errors(): array
    {
        $large = \str_repeat('x', 3 << 20);
        return [
            'no file chosen' => ['name="f"; filename=""', '', '', \UPLOAD_ERR_NO_FILE],
            'too large' => ['name="f"; filename="a"', $large, 'a', \UPLOAD_ERR_INI_SIZE],
            'an empty file' => ['name="f"; filename="a"', '', 'a', \UPLOAD_ERR_OK],
            'a path of Windows' => ['name="f"; filename="C:\\dir\\a.txt"', 'x', 'a.txt', 0],
            'a path upwards' => ['name="f"; filename="../../a.txt"', 'x', 'a.txt', 0],
            'a quote' => ['name="f"; filename="a\\"b%22c"', 'x', 'a"b"c', 0],
            'no quotes' => ['name=f; filename=a.txt', 'x', 'a.txt', 0],
            'a semicolon' => ['name="f"; filename="a;b=c.txt"', 'x', 'a;b=c.txt', 0],
        ];
    }

    /** @dataProvider errors */
    public function testNamesAndErrors(string $head, string $bytes, string $name, int $error): void
    {
        $file = $this->multipart([[$head, $bytes]])->files()['f'];
        self::assertSame([$name, $error], [$file->name, $file->error]);
        self::assertSame($error === \UPLOAD_ERR_OK ? \strlen($bytes) : 0, $file->size);
        if ($error !== \UPLOAD_ERR_OK) {
            self::assertSame('', $file->tmpName);
            $this->expectException(\RuntimeException::class);
            $file->moveTo('/nowhere');
        }
    }

    public function testALargeFieldIsNotCopiedManyTimes(): void
    {
        $bytes = \str_repeat("\xff&=%", 1 << 20);
        $request = $this->multipart([['name="a[b]"', $bytes], ['name="a[c]"', '1']]);
        $request->body();
        $before = \memory_get_usage();
        \memory_reset_peak_usage();
        self::assertSame(['a' => ['b' => $bytes, 'c' => '1']], $request->form());
        self::assertLessThan(2 * \strlen($bytes), \memory_get_peak_usage() - $before);
    }

    public function testTheFormsOwnLimit(): void
    {
        $files = $this->multipart([
            ['name="MAX_FILE_SIZE"', '4'],
            ['name="a"; filename="a"', '1234'],
            ['name="b"; filename="b"', '12345'],
        ])->files();
        self::assertSame(\UPLOAD_ERR_OK, $files['a']->error);
        self::assertSame(\UPLOAD_ERR_FORM_SIZE, $files['b']->error);
    }

    public function testADirectoryThatIsNotThere(): void
    {
        $file = \shell_exec(\escapeshellarg(\PHP_BINARY) . ' -d upload_tmp_dir=/nowhere '
            . \escapeshellarg(__DIR__ . '/../fixtures/upload.php'));
        self::assertSame((string) \UPLOAD_ERR_NO_TMP_DIR, $file);
    }

    public function testOfTooManyFilesTheFirstAreKept(): void
    {
        $max = (int) \ini_get('max_file_uploads');
        $before = self::temporary();
        $request = $this->multipart([
            ['name="blank"; filename=""', ''],
            ...\array_fill(0, $max + 2, ['name="f[]"; filename="a"', 'x']),
            ['name="after"', '1'],
        ]);
        self::assertCount($max, $request->files()['f']);
        self::assertSame(\UPLOAD_ERR_NO_FILE, $request->files()['blank']->error);
        self::assertSame(['after' => '1'], $request->form());
        $request->release();
        self::assertSame($before, self::temporary());
    }

    public function testOfTooManyFieldsTheFirstAreRead(): void
    {
        $max = (int) \ini_get('max_input_vars');
        $fits = \array_fill(0, $max, ['name="a[]"', '1']);
        $file = ['name="f"; filename="a"', 'x'];
        $request = $this->multipart([...$fits, ['name="b"', '1'], $file]);
        self::assertSame([$max, ['a']], [\count($request->form()['a']), \array_keys($request->form())]);
        self::assertSame('x', $request->files()['f']->contents());
        $pairs = \implode('&', \array_fill(0, $max, 'a[]=1'));
        $form = $this->form('application/x-www-form-urlencoded', "$pairs&b=1")->form();
        self::assertSame([$max, ['a']], [\count($form['a']), \array_keys($form)]);
    }

    public function testWhatComesAfterTheLastPartThatCountsIsNotRead(): void
    {
        $max = (int) \ini_get('max_input_vars') + (int) \ini_get('max_file_uploads');
        $request = $this->multipart([
            ...\array_fill(0, $max, ['name="a[]"', '1']), ['name="f"; filename="a"', 'x'],
        ]);
        self::assertSame([], $request->files());
        self::assertCount((int) \ini_get('max_input_vars'), $request->form()['a']);
    }

    /** @return array<string, array{string, string, string}> type, body, message */
    public static function wellFormed(): array
    {
        $field = "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        return [
            'no end after the last boundary' => [self::TYPE, "--b0und\r\n$field--b0und--", '1'],
            'preamble and epilogue' => [
                self::TYPE, "before\r\n--b0und\r\n$field--b0und--\r\nafter", '1'],
            'spaces after the boundary' => [self::TYPE, "--b0und \t\r\n$field--b0und--", '1'],
            'a quoted boundary' => [
                'multipart/form-data; boundary="b 0und"', "--b 0und\r\n$field--b 0und--", '1'],
            'another parameter first' => [
                'multipart/form-data; charset=utf-8; Boundary=b0und', "--b0und\r\n$field--b0und--", '1'],
            'names of headers in any case' => [self::TYPE,
                "--b0und\r\nCONTENT-disposition:form-data;NAME=a\r\n\r\n1\r\n--b0und--", '1'],
            'empty without a line end' => [self::TYPE,
                "--b0und\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--b0und--", ''],
        ];
    }

    /** @dataProvider wellFormed */
    public function testWellFormed(string $type, string $body, string $value): void
    {
        self::assertSame(['a' => $value], $this->form($type, $body)->form());
    }

    public function testNoPartsAtAll(): void
    {
        self::assertSame([], $this->form(self::TYPE, "--b0und--\r\n")->form());
    }

    /** @return array<string, array{string, string, string}> type, body, message */
    public static function malformed(): array
    {
        $head = 'Content-Disposition: form-data; name="a"';
        return [
            'no boundary' => ['multipart/form-data', '', 'names no valid boundary'],
            'an empty boundary' => ['multipart/form-data; boundary=', '--', 'names no valid boundary'],
            'a long boundary' => [
                'multipart/form-data; boundary=' . \str_repeat('x', 71), '', 'no valid boundary'],
            'a strange boundary' => ['multipart/form-data; boundary="a\"b"', '', 'no valid boundary'],
            'an empty body' => [self::TYPE, '', 'the last boundary is missing'],
            'another boundary' => [self::TYPE, "--x\r\n$head\r\n\r\n1\r\n--x--", 'boundary is missing'],
            'only a boundary' => [self::TYPE, '--b0und', 'not followed by a line end'],
            'a bare line feed' => [self::TYPE, "--b0und\n$head\n\n1\n--b0und--", 'by a line end'],
            'a longer boundary' => [
                self::TYPE, "--b0undX\r\n$head\r\n\r\n1\r\n--b0und--", 'not followed by a line end'],
            'no last boundary' => [self::TYPE, "--b0und\r\n$head\r\n\r\n1", 'last boundary is missing'],
            'half a last boundary' => [
                self::TYPE, "--b0und\r\n$head\r\n\r\n1\r\n--b0und", 'not followed by a line end'],
            'cut in the headers' => [self::TYPE, "--b0und\r\n$head", 'headers of a part do not end'],
            'endless headers' => [
                self::TYPE,
                "--b0und\r\nX: " . \str_repeat('x', 9_000) . "\r\n$head\r\n\r\n1\r\n--b0und--",
                'headers of a part do not end',
            ],
            'many headers' => [
                self::TYPE,
                "--b0und\r\n" . \implode('', \array_map(
                    static fn (int $i): string => "X-$i: x\r\n",
                    \range(1, 17)
                )) . "$head\r\n\r\n1\r\n--b0und--",
                'too many headers',
            ],
            'no colon' => [self::TYPE, "--b0und\r\nnonsense\r\n\r\n1\r\n--b0und--", 'has no name'],
            'a folded header' => [
                self::TYPE, "--b0und\r\n$head;\r\n x=y\r\n\r\n1\r\n--b0und--", 'has no name'],
            'no headers' => [self::TYPE, "--b0und\r\n\r\n1\r\n--b0und--", 'a part has no name'],
            'no name' => [self::TYPE,
                "--b0und\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b0und--", 'part has no name'],
            'another disposition' => [self::TYPE,
                "--b0und\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b0und--",
                'a part has no name'],
        ];
    }

    /** @dataProvider malformed */
    public function testMalformedIsABadRequest(string $type, string $body, string $text): void
    {
        $this->expectException(BadRequest::class);
        $this->expectExceptionMessage($text);
        $this->form($type, $body)->form();
    }

    public function testEveryCutOfAFormIsABadRequest(): void
    {
        $before = self::temporary();
        $body = "--b0und\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\n1\r\n"
            . "--b0und\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--b0und--";
        for ($n = 0; $n < \strlen($body); ++$n) {
            try {
                $this->form(self::TYPE, \substr($body, 0, $n))->form();
                self::fail("took the first $n bytes for a form");
            } catch (BadRequest $e) {
                self::assertNotSame('', $e->getMessage());
            }
        }
        self::assertSame($before, self::temporary());
    }
}
