#include "model/dense_forward.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>

#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;

TEST_CASE("the dense forward agrees with a double-precision reference at every exit and position", "[model][dense]") {
  for (const std::uint32_t n_kv_heads : {1u, 2u}) {
    TinyOptions o;
    o.n_kv_heads = n_kv_heads;
    const Weights weights = tiny_weights(o);
    const Model model = tiny_model(o);
    for (const std::uint32_t window : {1u, 8u, 64u}) {
      const auto tokens = random_tokens(24, 9);
      const auto expected = reference_logits(tiny_config(o), weights, tokens, window);
      const auto result = detail::dense_forward(model.data(), kernels(), tokens, window).value();
      REQUIRE(result.logits.size() == expected.size());
      float worst = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        worst = std::max(worst, std::fabs(result.logits[i] - expected[i]));
      }
      CHECK(worst < 0.25f);  // int8 weights and 7-bit activations; logits reach about 4
    }
  }
}

TEST_CASE("a position depends on its receptive field alone, bit for bit", "[model][dense]") {
  const Model model = tiny_model();
  const std::uint32_t window = 4;
  auto tokens = random_tokens(24, 11);
  const auto before = detail::dense_forward(model.data(), kernels(), tokens, window).value();
  tokens[13] ^= 1;  // 3 layers x (4 - 1): seen from 13 to 22
  const auto after = detail::dense_forward(model.data(), kernels(), tokens, window).value();
  const auto same = [&](std::size_t i) {
    return std::memcmp(before.hidden_at(3, i).data(), after.hidden_at(3, i).data(), 64 * sizeof(float)) == 0;
  };
  for (const std::size_t i : {0u, 12u, 23u}) CHECK(same(i));
  for (const std::size_t i : {13u, 16u, 22u}) CHECK_FALSE(same(i));
}
