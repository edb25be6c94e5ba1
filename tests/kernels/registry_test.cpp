#include <string>

#include <catch2/catch_test_macros.hpp>

#include "kernels/table.hpp"

TEST_CASE("the registry lists each table once and ends with the reference", "[kernels]") {
  const auto tables = mgt::available_kernels();
  REQUIRE_FALSE(tables.empty());
  CHECK(std::string(tables.back()->name) == "scalar");
  for (const mgt::KernelTable* table : tables) CHECK(mgt::find_kernels(table->name) == table);
}

TEST_CASE("an unknown table changes nothing", "[kernels]") {
  const mgt::KernelTable* before = &mgt::kernels();
  CHECK(mgt::find_kernels("mmx") == nullptr);
  CHECK_FALSE(mgt::use_kernels("mmx"));
  CHECK(&mgt::kernels() == before);
}

TEST_CASE("use_kernels puts a table in force", "[kernels]") {
  const mgt::KernelTable* before = &mgt::kernels();
  CHECK(mgt::use_kernels("scalar"));
  CHECK(std::string(mgt::kernels().name) == "scalar");
  CHECK(mgt::use_kernels(before->name));
  CHECK(&mgt::kernels() == before);
}
