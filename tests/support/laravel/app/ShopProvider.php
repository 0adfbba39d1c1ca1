<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

use Illuminate\Auth\GenericUser;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Gate;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

/**
 * @file Services and routes of the application.
 */
final class ShopProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(Cart::class);
    }

    public function boot(): void
    {
        if (\getenv('BOOT_FAILS') !== false) {
            throw new \RuntimeException('boot boom');
        }
        Auth::viaRequest('named', static fn (Request $request): ?GenericUser
            => $request->hasHeader('X-User') ? new GenericUser(['id' => 1]) : null);
        Gate::define('shop', static fn (GenericUser $user): bool => $user->id === 1);
        foreach (['hello', 'cart', 'state', 'stream', 'torn', 'late'] as $page) {
            Route::get("/$page", [ShopController::class, $page]);
        }
        Route::any('/seen', [ShopController::class, 'seen']);
        Route::post('/upload', [ShopController::class, 'upload']);
        Route::get('/throw', [ShopController::class, 'throws']);
        Route::get('/visits', [ShopController::class, 'visits'])->middleware('web');
    }
}
