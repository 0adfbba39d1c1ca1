<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

use Illuminate\Cookie\Middleware\AddQueuedCookiesToResponse;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Foundation\Http\Kernel;
use Illuminate\Session\Middleware\StartSession;

/**
 * @file The middleware of the application.
 */
final class HttpKernel extends Kernel
{
    protected $middlewareGroups = [
        'web' => [EncryptCookies::class, AddQueuedCookiesToResponse::class, StartSession::class],
    ];
}
