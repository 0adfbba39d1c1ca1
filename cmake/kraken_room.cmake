# kraken_room(name HEADERS h... SOURCES s... [PRIVATE_HEADERS h...] [LINK lib...]
#             [LINK_PRIVATE lib...])
# One static library per room, alias kraken::name. HEADERS are public: installed and compiled alone
# by the target all_verify_interface_header_sets.
function(kraken_room name)
  cmake_parse_arguments(ARG "" "" "HEADERS;PRIVATE_HEADERS;SOURCES;LINK;LINK_PRIVATE" ${ARGN})
  set(target kraken_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${KRAKEN_ROOM_BASE} FILES
                                    ${ARG_HEADERS})
    target_link_libraries(${target} PUBLIC tl::expected ${ARG_LINK} PRIVATE ${ARG_LINK_PRIVATE})
    kraken_options(${target})
    if(KRAKEN_COVERAGE AND name MATCHES "^(model|wire)$")
      target_compile_options(${target} PRIVATE --coverage -O0 -fno-inline)
      target_link_options(${target} INTERFACE --coverage)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${KRAKEN_ROOM_BASE} FILES
                                       ${ARG_HEADERS})
    target_link_libraries(${target} INTERFACE tl::expected ${ARG_LINK})
  endif()
  add_library(kraken::${name} ALIAS ${target})
endfunction()

# kraken_test(name SOURCES s... [LINK lib...] [LABEL unit])
# A Catch2 executable; each test case becomes one ctest test.
function(kraken_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE kraken_catch_main ${ARG_LINK})
  kraken_options(${name})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120)
endfunction()
