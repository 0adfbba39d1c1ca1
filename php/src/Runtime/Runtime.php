<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

/**
 * @file Names and numbers of containers: types, flags, states.
 */
abstract class Runtime
{
    public const UNIT_UNDEFINED = 'Undefined';
    public const UNIT_PROCESS = 'Process';
    public const UNIT_THREAD = 'Thread';

    /** What the root's parent is called. */
    public const PARENT_UNDEFINED = 'undefined';

    public const RESERVED_CONSOLE_CLIENT = 'Client';
    public const RESERVED_CONSOLE_SERVER = 'Server';

    /** An alias that is taken: leave it as it is. */
    public const CREATE_DEFAULT = 0;
    /** An alias that is taken: end what is there in good order first. */
    public const CREATE_FORCE_SOFT = 1;
    /** An alias that is taken: kill what is there first. */
    public const CREATE_FORCE_HARD = 2;
    /** An alias that is taken: end what is there in good order first, kill it if that fails. */
    public const CREATE_FORCE = 3;

    public const DESTROY_KEEP = 0;
    public const DESTROY_FORCE_SOFT = 1;
    public const DESTROY_FORCE_HARD = 2;
    public const DESTROY_FORCE = 3;

    public const STATE_CREATED = 1;
    public const STATE_DESTROYED = 2;
    public const STATE_STARTED = 4;
    public const STATE_STOPPED = 8;
    public const STATE_FAILED = 16;
}
