# Finds xsimd's headers (12 or newer) where `make setup` puts them, or on the system.
# Defines the target mgt::xsimd. It never adds a system folder to a cross build's include path: host headers would leak in.

find_path(Xsimd_INCLUDE_DIR xsimd/xsimd.hpp
  HINTS "${PROJECT_SOURCE_DIR}/.toolchain/include" NO_CMAKE_FIND_ROOT_PATH)

if(Xsimd_INCLUDE_DIR)
  file(STRINGS "${Xsimd_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp" lines REGEX "define XSIMD_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]+([0-9]+)[^0-9]+([0-9]+).*" "\\1.\\2.\\3" Xsimd_VERSION "${lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Xsimd REQUIRED_VARS Xsimd_INCLUDE_DIR VERSION_VAR Xsimd_VERSION
  REASON_FAILURE_MESSAGE "run `make setup`, or install xsimd 12 or newer")

if(Xsimd_FOUND AND NOT TARGET mgt::xsimd)
  set(include_dir "${Xsimd_INCLUDE_DIR}")
  if(CMAKE_CROSSCOMPILING AND NOT include_dir STREQUAL "${PROJECT_SOURCE_DIR}/.toolchain/include")
    set(include_dir "${PROJECT_BINARY_DIR}/xsimd")
    file(MAKE_DIRECTORY "${include_dir}")
    file(CREATE_LINK "${Xsimd_INCLUDE_DIR}/xsimd" "${include_dir}/xsimd" SYMBOLIC)
  endif()
  add_library(mgt::xsimd INTERFACE IMPORTED GLOBAL)
  target_include_directories(mgt::xsimd SYSTEM INTERFACE "${include_dir}")
endif()
