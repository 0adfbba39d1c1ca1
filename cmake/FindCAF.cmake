# Finds CAF 0.17.x as Debian packages it (neither CAFConfig.cmake nor a .pc file), or a newer CAF by
# its own CAFConfig.cmake. Defines CAF::core, CAF::io, CAF::openssl under the names CAF 1.x uses.
find_package(CAF QUIET CONFIG COMPONENTS ${CAF_FIND_COMPONENTS})
if(CAF_FOUND AND TARGET CAF::core)
  return()
endif()

find_path(CAF_INCLUDE_DIR caf/all.hpp)
set(CAF_VERSION "")
if(CAF_INCLUDE_DIR)
  # CAF_VERSION is one number: 1706 means 0.17.6.
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" caf_version_line
       REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+$" caf_version_number "${caf_version_line}")
  math(EXPR caf_major "${caf_version_number} / 10000")
  math(EXPR caf_minor "(${caf_version_number} / 100) % 100")
  math(EXPR caf_patch "${caf_version_number} % 100")
  set(CAF_VERSION "${caf_major}.${caf_minor}.${caf_patch}")
endif()

find_package(Threads QUIET)
foreach(caf_component core ${CAF_FIND_COMPONENTS})
  string(TOUPPER ${caf_component} caf_component_upper)
  find_library(CAF_${caf_component_upper}_LIBRARY caf_${caf_component})
  if(CAF_INCLUDE_DIR AND CAF_${caf_component_upper}_LIBRARY)
    set(CAF_${caf_component}_FOUND TRUE)
    if(NOT TARGET CAF::${caf_component})
      add_library(CAF::${caf_component} UNKNOWN IMPORTED)
      set_target_properties(
        CAF::${caf_component} PROPERTIES IMPORTED_LOCATION "${CAF_${caf_component_upper}_LIBRARY}"
                                         INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
      if(caf_component STREQUAL core)
        target_link_libraries(CAF::core INTERFACE Threads::Threads)
      elseif(caf_component STREQUAL openssl)
        find_package(OpenSSL REQUIRED)
        target_link_libraries(CAF::openssl INTERFACE CAF::core CAF::io OpenSSL::SSL
                                                     OpenSSL::Crypto)
      else()
        target_link_libraries(CAF::${caf_component} INTERFACE CAF::core)
      endif()
    endif()
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR
                                  VERSION_VAR CAF_VERSION HANDLE_COMPONENTS)
