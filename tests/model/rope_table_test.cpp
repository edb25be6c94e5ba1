#include "model/rope_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "mgt/model.hpp"

using namespace mgt;

TEST_CASE("the portable functions agree with libm to a few units of double precision", "[model][rope]") {
  for (int i = 0; i <= 102400; ++i) {
    double sine, cosine;
    detail::portable_sincos(i * 0.01, &sine, &cosine);
    REQUIRE(std::fabs(sine - std::sin(i * 0.01)) < 4e-16);
    REQUIRE(std::fabs(cosine - std::cos(i * 0.01)) < 4e-16);
  }
  for (int i = -2500; i <= 2500; ++i) {
    CHECK(std::fabs(detail::portable_exp(i * 0.01) / std::exp(i * 0.01) - 1.0) < 1e-15);
  }
  for (double x = 1e-3; x < 1e10; x *= 1.37) CHECK(std::fabs(detail::portable_log(x) - std::log(x)) < 8e-15);
}

TEST_CASE("the table holds the rotation of every offset and pair", "[model][rope]") {
  for (const std::uint32_t head_dim : {32u, 64u, 128u}) {
    for (const float theta : {1.0f, 10000.0f, 500000.0f}) {
      const std::uint32_t half = head_dim / 2;
      std::vector<float> cosines(kMaxWindow * half), sines(kMaxWindow * half);
      detail::fill_rope_table(theta, head_dim, cosines.data(), sines.data());
      for (std::uint32_t d = 0; d < kMaxWindow; ++d) {
        for (std::uint32_t i = 0; i < half; ++i) {
          const double angle = d * std::pow(static_cast<double>(theta), -2.0 * i / head_dim);
          CHECK(std::fabs(cosines[d * half + i] - std::cos(angle)) < 6e-8);
          CHECK(std::fabs(sines[d * half + i] - std::sin(angle)) < 6e-8);
        }
      }
      CHECK(cosines[0] == 1.0f);
      CHECK(sines[0] == 0.0f);
    }
  }
}
