# Settings shared by every target: build type, language level, warnings, sanitizers.

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

# mgt_target(TARGET): the flags of all of our own code. No contraction of a*b+c and no fast-math anywhere, whatever a
# project around ours asks for: the same input gives the same bits on every machine. Without a build type, which a
# project around ours may leave out, code is optimised all the same: it is 40 times slower otherwise.
function(mgt_target target)
  target_compile_features(${target} PRIVATE cxx_std_23)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -fno-fast-math -ffp-contract=off $<$<CONFIG:>:-O3> -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion)
  if(MGT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

if(MGT_SANITIZE)
  # The core has no RTTI, which the vptr check needs.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined -fno-sanitize=vptr)
endif()
if(MGT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(EMSCRIPTEN)
  add_compile_options(-msimd128 -mbulk-memory)  # for both wasm builds; only relaxed SIMD is confined to its own file
endif()
