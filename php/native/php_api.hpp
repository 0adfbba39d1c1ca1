// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The parts of PHP's own headers this program uses, in the one order in which they compile.
#pragma once

#include <main/php.h> // before all others

#include <Zend/zend_exceptions.h>
#include <ext/random/php_random.h>
#include <main/SAPI.h>
#include <main/php_main.h>
#include <main/php_output.h>
#include <main/php_variables.h>

extern "C" { // these forget to say so
#include <ext/standard/basic_functions.h>
#include <ext/standard/head.h>

#include <ext/session/php_session.h> // after what it includes
}
