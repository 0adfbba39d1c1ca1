<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

/**
 * @file The client sent something broken (a form, JSON): answered 400 with this message.
 *
 * Thrown by Request; an application may catch it, or throw it to say the same.
 */
final class BadRequest extends \RuntimeException
{
}
