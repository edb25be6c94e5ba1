# One program per file of fuzz/: fuzz/fuzz_gguf.cpp becomes fuzz_gguf.

find_package(nlohmann_json REQUIRED)  # the oracle of what a JSON line is

file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/*.cpp)
foreach(source IN LISTS fuzzers)
  get_filename_component(name "${source}" NAME_WE)
  string(REGEX REPLACE "^fuzz_" "" name "${name}")
  add_executable(fuzz_${name} "${source}")
  mgt_target(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE mgt_internal nlohmann_json::nlohmann_json)
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endforeach()
