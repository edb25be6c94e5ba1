# mgt_wasm_tests: the tests of some rooms, compiled for WebAssembly and run by Node. Files are the host's (NODERAWFS).

set(rooms kernels model)

foreach(room IN LISTS rooms)
  file(GLOB_RECURSE room_sources CONFIGURE_DEPENDS ${room}/*.cpp)
  list(APPEND sources ${room_sources})
endforeach()
list(FILTER sources EXCLUDE REGEX "/model/memory_test.cpp$")  # it takes the place of the C library's malloc
list(APPEND sources session/bits_test.cpp generation/sampling_test.cpp)
if(NOT sources)
  message(STATUS "mgt_wasm_tests: no sources yet")
  return()
endif()

set(CMAKE_CXX_STANDARD 23)    # Catch2 knows std::byte from C++17 on
set(CMAKE_UNITY_BUILD ON)  # Catch2 in a third of the time
add_compile_options(-fwasm-exceptions)
add_link_options(-fwasm-exceptions)
add_subdirectory("${PROJECT_SOURCE_DIR}/.toolchain/catch2-source" catch2 EXCLUDE_FROM_ALL SYSTEM)
set(CMAKE_UNITY_BUILD OFF)

add_executable(mgt_wasm_tests ${sources})
mgt_target(mgt_wasm_tests)
target_include_directories(mgt_wasm_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(mgt_wasm_tests PRIVATE mgt_internal Catch2::Catch2WithMain)
target_link_options(mgt_wasm_tests PRIVATE -sALLOW_MEMORY_GROWTH=1 -sNODERAWFS=1 -sENVIRONMENT=node -sSTACK_SIZE=1MB)
target_compile_definitions(mgt_wasm_tests PRIVATE
  MGT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MGT_GOLDEN_DIR="${CMAKE_CURRENT_SOURCE_DIR}/golden"
  MGT_MODELS_DIR="${PROJECT_SOURCE_DIR}/models")
set_target_properties(mgt_wasm_tests PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}" SUFFIX ".cjs")
