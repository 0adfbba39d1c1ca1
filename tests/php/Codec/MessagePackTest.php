<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Codec;

use Kraken\Codec\Binary;
use Kraken\Codec\DecodeError;
use Kraken\Codec\Decoder;
use Kraken\Codec\MessagePack;
use PHPUnit\Framework\TestCase;

/**
 * @file MessagePack by table: every format, its borders, and what is refused.
 */
final class MessagePackTest extends TestCase
{
    /** @return iterable<string, array{mixed, string}> value and its shortest encoding */
    public static function values(): iterable
    {
        $rows = [
            [null, 'c0'],
            [false, 'c2'],
            [true, 'c3'],
            [0, '00'],
            [127, '7f'],
            [128, 'cc80'],
            [255, 'ccff'],
            [256, 'cd0100'],
            [65_535, 'cdffff'],
            [65_536, 'ce00010000'],
            [4_294_967_295, 'ceffffffff'],
            [4_294_967_296, 'cf0000000100000000'],
            [\PHP_INT_MAX, 'cf7fffffffffffffff'],
            [-1, 'ff'],
            [-32, 'e0'],
            [-33, 'd0df'],
            [-128, 'd080'],
            [-129, 'd1ff7f'],
            [-32_768, 'd18000'],
            [-32_769, 'd2ffff7fff'],
            [-2_147_483_648, 'd280000000'],
            [-2_147_483_649, 'd3ffffffff7fffffff'],
            [\PHP_INT_MIN, 'd38000000000000000'],
            [1.5, 'cb3ff8000000000000'],
            [-0.0, 'cb8000000000000000'],
            ['', 'a0'],
            ['a', 'a161'],
            [\str_repeat('a', 31), 'bf' . \str_repeat('61', 31)],
            [\str_repeat('a', 32), 'd920' . \str_repeat('61', 32)],
            [\str_repeat('a', 255), 'd9ff' . \str_repeat('61', 255)],
            [\str_repeat('a', 256), 'da0100' . \str_repeat('61', 256)],
            [\str_repeat('a', 65_536), 'db00010000' . \str_repeat('61', 65_536)],
            [[], '90'],
            [[1, [2]], '92019102'],
            [\array_fill(0, 16, 1), 'dc0010' . \str_repeat('01', 16)],
            [\array_fill(0, 65_536, 1), 'dd00010000' . \str_repeat('01', 65_536)],
            [['a' => 1, 'b' => []], '82a16101a16290'],
            [[5 => 'x'], '8105a178'],
            [['a' => ['b' => ['c' => null]]], '81a16181a16281a163c0'],
        ];
        foreach ($rows as $row) {
            yield \substr($row[1], 0, 20) => $row;
        }
        $map = [];
        $hex = '';
        for ($i = 0; $i < 16; ++$i) {
            $map["k$i"] = $i;
            $hex .= \bin2hex(\chr(0xa0 | \strlen("k$i")) . "k$i" . \chr($i));
        }
        yield 'map16' => [$map, 'de0010' . $hex];
    }

    /** @dataProvider values */
    public function testEncodesInTheShortestForm(mixed $value, string $hex): void
    {
        self::assertSame($hex, \bin2hex(MessagePack::encode($value)));
    }

    /** @dataProvider values */
    public function testDecodesWhatItEncodes(mixed $value, string $hex): void
    {
        self::assertSame($value, MessagePack::decode((string) \hex2bin($hex)));
    }

    /** @return array<string, array{string, mixed}> longer forms than necessary, and bin */
    public static function otherForms(): array
    {
        return [
            'uint8 for 1' => ['cc01', 1],
            'uint64 for 1' => ['cf0000000000000001', 1],
            'uint64 from 2^63 on' => ['cf8000000000000000', '9223372036854775808'],
            'the last uint64' => ['cfffffffffffffffff', '18446744073709551615'],
            'the last uint64 as key' => ['81cfffffffffffffffff01', ['18446744073709551615' => 1]],
            'int8 for 1' => ['d001', 1],
            'int64 for -1' => ['d3ffffffffffffffff', -1],
            'float32' => ['ca3fc00000', 1.5],
            'str8 for a' => ['d90161', 'a'],
            'str16 for a' => ['da000161', 'a'],
            'str32 for a' => ['db0000000161', 'a'],
            'bin8' => ['c40200ff', "\0\xff"],
            'bin16' => ['c50001ff', "\xff"],
            'bin32' => ['c600000001ff', "\xff"],
            'array16' => ['dc000101', [1]],
            'array32' => ['dd0000000101', [1]],
            'map16' => ['de00010102', [1 => 2]],
            'map32' => ['df000000010102', [1 => 2]],
            'a list of all' => ['9ac0c2c3cc01c401ffa161d90161c50001ffda0001619101',
                [null, false, true, 1, "\xff", 'a', 'a', "\xff", 'a', [1]]],
        ];
    }

    /** @dataProvider otherForms */
    public function testDecodesOtherForms(string $hex, mixed $value): void
    {
        self::assertSame($value, MessagePack::decode((string) \hex2bin($hex)));
    }

    /** @return array<string, array{string, string}> */
    public static function broken(): array
    {
        return [
            'nothing' => ['', 'ends at offset 0'],
            'undefined' => ['c1', 'type 0xc1 at offset 0'],
            'ext8' => ['c70101ff', 'type 0xc7'],
            'ext32' => ['c9000000010100', 'type 0xc9'],
            'fixext' => ['d40100', 'type 0xd4'],
            'undefined in a list' => ['91c1', 'type 0xc1 at offset 1'],
            'two values' => ['0102', '1 bytes follow'],
            'cut int' => ['cd01', '2 bytes announced at offset 1, 1 left'],
            'cut str' => ['a361', '3 bytes announced at offset 1, 1 left'],
            'cut str8' => ['d9', 'ends at offset 1'],
            'cut str in a list' => ['91a36161', 'inside a string of the list'],
            'cut str8 in a list' => ['91d905616161', 'inside a string of the list'],
            'cut bin16 in a list' => ['91c50005616161', 'inside a string of the list'],
            'cut header in a list' => ['91c5', 'inside a string of the list'],
            'bin of 4 GiB' => ['c6ffffffff', '4294967295 bytes announced'],
            'str of 4 GiB in a list' => ['91dbffffffff', '4294967295 bytes announced'],
            'list of 4 G' => ['ddffffffff00', '4294967295 elements announced'],
            'map of 4 G' => ['dfffffffff00', '8589934590 elements announced'],
            'cut list' => ['930102', '3 elements announced'],
            'cut map' => ['81a161', 'ends at offset 3'],
            'nil as key' => ['81c001', 'a map key of type null'],
            'list as key' => ['819001', 'a map key of type array'],
            'float as key' => ['81cb000000000000000001', 'a map key of type float'],
            'depth in lists' => [\str_repeat('91', 65) . 'c0', 'nested deeper than 64'],
            'depth in maps' => [\str_repeat('8101', 65) . 'c0', 'nested deeper than 64'],
        ];
    }

    /** @dataProvider broken */
    public function testRefusesWhatIsBroken(string $hex, string $text): void
    {
        $this->expectException(DecodeError::class);
        $this->expectExceptionMessage($text);
        MessagePack::decode((string) \hex2bin($hex));
    }

    public function testEveryCutOfAValueIsRefused(): void
    {
        $bytes = MessagePack::encode([
            'GET', \str_repeat('p', 40), \str_repeat('q', 300), -5, 70_000, 1.5, ['a' => [1, 'b']],
            new Binary("\0\1"), null, true,
        ]);
        for ($n = 0; $n < \strlen($bytes); ++$n) {
            try {
                MessagePack::decode(\substr($bytes, 0, $n));
                self::fail("the first $n bytes were taken for a value");
            } catch (DecodeError $e) {
                self::assertNotSame('', $e->getMessage());
            }
        }
    }

    public function testRandomBytesNeverDoMoreThanFail(): void
    {
        \mt_srand(7);
        $decoded = 0;
        for ($i = 0; $i < 20_000; ++$i) {
            $bytes = '';
            for ($n = \mt_rand(1, 12); $n > 0; --$n) {
                $bytes .= \chr(\mt_rand(0, 255));
            }
            try {
                MessagePack::decode($bytes);
                ++$decoded;
            } catch (DecodeError) {
                continue;
            }
        }
        self::assertGreaterThan(0, $decoded);
    }

    public function testTheDeepestDataAllowed(): void
    {
        $bytes = \str_repeat("\x91", MessagePack::DEPTH_MAX) . "\x01";
        self::assertSame($bytes, MessagePack::encode(MessagePack::decode($bytes)));
    }

    public function testEncodesBinaryAsBin(): void
    {
        foreach ([0 => 'c400', 255 => 'c4ff', 256 => 'c50100', 65_536 => 'c600010000'] as $n => $hex) {
            $bytes = MessagePack::encode(new Binary(\str_repeat("\0", $n)));
            self::assertSame($hex . \str_repeat('00', $n), \bin2hex($bytes));
        }
    }

    public function testMapAlwaysWritesAMap(): void
    {
        self::assertSame('80', \bin2hex(MessagePack::map([])));
        self::assertSame('82a13007a13108', \bin2hex(MessagePack::map([7, 8])));
    }

    public function testRefusesToEncodeObjectsAndDepth(): void
    {
        foreach ([new \stdClass(), [[new \stdClass()]], \STDIN] as $value) {
            try {
                MessagePack::encode($value);
                self::fail('encoded ' . \get_debug_type($value));
            } catch (\InvalidArgumentException $e) {
                self::assertStringContainsString('cannot encode', $e->getMessage());
            }
        }
        $deep = 1;
        for ($i = 0; $i <= MessagePack::DEPTH_MAX; ++$i) {
            $deep = [$deep];
        }
        $this->expectException(\InvalidArgumentException::class);
        MessagePack::encode($deep);
    }

    public function testTheExtensionAgrees(): void
    {
        if (!\extension_loaded('msgpack')) {
            self::assertSame([1], Decoder::array("\x91\x01"));
            return;
        }
        foreach (self::values() as $name => [$value, $hex]) {
            if (\is_array($value)) {
                self::assertSame($value, Decoder::array((string) \hex2bin($hex)), (string) $name);
            }
        }
        self::assertSame(["\0\xff"], Decoder::array("\x91\xc4\x02\x00\xff"));
    }

    /** @dataProvider broken */
    public function testTheDecoderRefusesTheSame(string $hex): void
    {
        // The extension is more lenient about what follows, and takes its own view of extension
        // types and keys; what it cannot read at all must still end in this package's error.
        try {
            self::assertIsArray(Decoder::array((string) \hex2bin($hex)));
        } catch (DecodeError $e) {
            self::assertNotSame('', $e->getMessage());
        }
    }
}
