#include "kernels/checksum.hpp"

#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("every table gives the golden checksum that the WebAssembly builds give", "[kernels][golden]") {
  std::ifstream file(MGT_GOLDEN_DIR "/kernels_checksum.txt");
  std::uint64_t golden = 0;
  std::uint64_t golden_int4 = 0;
  REQUIRE(file >> std::hex >> golden >> golden_int4);
  for (const mgt::KernelTable* table : mgt::available_kernels()) {
    INFO("table " << table->name);
    CHECK(mgt::test::KernelChecksum(*table).run() == golden);
    CHECK(mgt::test::KernelChecksum(*table).run_int4() == golden_int4);
  }
}
