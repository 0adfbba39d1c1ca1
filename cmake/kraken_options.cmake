# The only place that sets compiler flags: warnings, sanitizers, hardening.

# Tests are compiled once and run once: optimizing them costs more than it gives.
define_property(
  TARGET
  PROPERTY KRAKEN_IS_TEST
  BRIEF_DOCS "a test program"
  FULL_DOCS "the code of the test itself is not optimized, what it links is")
set(kraken_optimized "$<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:$<TARGET_PROPERTY:KRAKEN_IS_TEST>>>>")

add_library(kraken_flags INTERFACE)
target_compile_options(
  kraken_flags
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wswitch-enum
            $<$<BOOL:${KRAKEN_WERROR}>:-Werror>
            -fstack-protector-strong
            $<${kraken_optimized}:-O2>)
target_compile_definitions(kraken_flags INTERFACE MSGPACK_NO_BOOST
                                                  $<${kraken_optimized}:_FORTIFY_SOURCE=2>)
target_link_options(kraken_flags INTERFACE -Wl,-z,relro,-z,now)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(KRAKEN_SANITIZE)
  target_compile_options(kraken_flags INTERFACE -fsanitize=${KRAKEN_SANITIZE}
                                                -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(kraken_flags INTERFACE -fsanitize=${KRAKEN_SANITIZE})
  if(KRAKEN_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, which the sanitizer does not model; its queues have a mutex besides.
    target_compile_options(kraken_flags INTERFACE -Wno-tsan)
  endif()
endif()

find_program(KRAKEN_MOLD mold)
if(KRAKEN_MOLD)
  target_link_options(kraken_flags INTERFACE -fuse-ld=mold)
endif()
find_program(KRAKEN_CCACHE ccache)
if(KRAKEN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${KRAKEN_CCACHE})
endif()

# kraken_options(target): house warnings and sanitizers for one of our targets.
function(kraken_options target)
  target_link_libraries(${target} PRIVATE kraken_flags)
endfunction()

# kraken_allocator(program): its malloc is mimalloc (docs/decisions/0031). A sanitizer has its own.
function(kraken_allocator program)
  if(NOT KRAKEN_SANITIZE)
    find_library(KRAKEN_MIMALLOC mimalloc REQUIRED)
    # Nothing names its functions; it takes the place of the C library's by coming first.
    target_link_options(${program} PRIVATE
                        "LINKER:--push-state,--no-as-needed,${KRAKEN_MIMALLOC},--pop-state")
  endif()
endfunction()
