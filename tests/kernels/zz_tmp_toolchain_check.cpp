#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <stdexcept>
TEST_CASE("x") {
  REQUIRE(1 + 1 == 2);
  CHECK_THROWS(throw std::runtime_error("a"));
}
TEST_CASE("y") {
  REQUIRE(1 + 1 == 3);
}
