#include "hash.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string_view>
#include <vector>

using mgt::hash64;

namespace {
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) {
  return hash64(std::as_bytes(std::span(text)), seed);
}
}  // namespace

TEST_CASE("hash64 gives the published values of XXH64", "[model][hash]") {
  CHECK(hash_text("") == 0xef46db3751d8e999u);
  CHECK(hash_text("abc") == 0x44bc2cf5ad770999u);
  CHECK(hash_text("Nobody inspects the spammish repetition") == 0xfbcea83c8a378bf1u);
}

TEST_CASE("hash64 depends on every bit, the length and the seed", "[model][hash]") {
  for (const std::size_t size : {1u, 4u, 8u, 31u, 32u, 33u, 100u}) {
    std::vector<std::byte> bytes(size);
    const std::uint64_t plain = hash64(bytes);
    CHECK(hash64(bytes, 1) != plain);
    CHECK(hash64(std::span(bytes).first(size - 1)) != plain);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      bytes[bit / 8] ^= std::byte(1u << (bit % 8));
      CHECK(hash64(bytes) != plain);
      bytes[bit / 8] ^= std::byte(1u << (bit % 8));
    }
  }
}
