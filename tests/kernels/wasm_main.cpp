// The WebAssembly side of the golden checksum: prints "name checksum" for each table. See wasm_checksum.sh.
#ifdef __EMSCRIPTEN__

#include <cinttypes>
#include <cstdio>

#include "kernels/checksum.hpp"

int main() {
  for (const mgt::KernelTable* table : mgt::available_kernels()) {
    std::printf("%s %016" PRIx64 "\n", table->name, mgt::test::KernelChecksum(*table).run());
  }
}

#endif
