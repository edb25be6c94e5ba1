# Emscripten from .toolchain/ (see scripts/setup), or the machine's own emcc. Names no folder outside this repository.

get_filename_component(mgt_root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(emscripten_root "${mgt_root}/.toolchain/emscripten")
if(NOT EXISTS "${emscripten_root}/emcc")
  find_program(em_config em-config)
  if(NOT em_config)
    message(FATAL_ERROR "Emscripten is missing: run `make setup`, or install emcc 3.1.60 or newer")
  endif()
  execute_process(COMMAND "${em_config}" EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
include("${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake")
