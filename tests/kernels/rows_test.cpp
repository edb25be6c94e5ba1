// The primitives that work along one row: quantize_u7, rmsnorm, softmax, log.
#include <algorithm>

#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

/// Calls f(x) with rows of many lengths and kinds.
template <class F>
void for_each_row(F f) {
  std::mt19937 random(11);
  for (Kind kind : kKinds) {
    for (std::size_t n : {16, 32, 48, 80, 128, 256, 1024, 4096}) {
      INFO("kind " << static_cast<int>(kind) << ", n " << n);
      f(floats(n, kind, random), random);
    }
  }
}

struct Quantized {
  std::vector<std::uint8_t> values;
  std::uint32_t scale_bits;
  std::int32_t zero_point;
  bool operator==(const Quantized&) const = default;
};

Quantized quantize(const KernelTable& table, const std::vector<float>& x) {
  Quantized result{std::vector<std::uint8_t>(x.size()), 0, 0};
  float scale = -1.0f;
  table.quantize_u7(x.data(), x.size(), result.values.data(), &scale, &result.zero_point);
  result.scale_bits = std::bit_cast<std::uint32_t>(scale);
  return result;
}

}  // namespace

TEST_CASE("quantize_u7 gives the scalar bits", "[kernels]") {
  for_each_row([](const std::vector<float>& x, std::mt19937&) {
    const Quantized expected = quantize(scalar(), x);
    for_each_vector_table([&](const KernelTable& table) {
      const bool same = quantize(table, x) == expected;
      CHECK(same);
    });
  });
}

TEST_CASE("quantize_u7 stays in 7 bits and within a step of the value", "[kernels]") {
  for_each_row([](const std::vector<float>& x, std::mt19937&) {
    const Quantized q = quantize(scalar(), x);
    const float scale = std::bit_cast<float>(q.scale_bits);
    CHECK((q.zero_point >= 0 && q.zero_point <= 127));
    for (std::size_t i = 0; i < x.size(); ++i) {
      REQUIRE(q.values[i] <= 127);
      if (!std::isfinite(x[i]) || !std::isfinite(scale)) continue;
      const double back = (double{0} + q.values[i] - q.zero_point) * scale;
      // half a step from rounding x, half from rounding the zero point, and the float products; where everything
      // counts as zero the value itself is below 4e-37
      REQUIRE(std::fabs(back - x[i]) <= scale * 1.001 + 4e-37);
    }
  });
}

TEST_CASE("quantize_u7 keeps zero exactly and puts a ReLU's output on zero point 0", "[kernels]") {
  std::mt19937 random(12);
  const auto x = floats(256, Kind::sparse, random);
  const Quantized q = quantize(scalar(), x);
  CHECK(q.zero_point == 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == 0.0f) CHECK(q.values[i] == 0);
  }
}

TEST_CASE("rmsnorm gives the scalar bits, in place or not", "[kernels]") {
  for_each_row([](const std::vector<float>& x, std::mt19937& random) {
    const auto weight = floats(x.size(), Kind::normal, random);
    std::vector<float> expected(x.size());
    scalar().rmsnorm(x.data(), weight.data(), x.size(), 1e-5f, expected.data());
    for_each_vector_table([&](const KernelTable& table) {
      std::vector<float> out = x;
      table.rmsnorm(out.data(), weight.data(), x.size(), 1e-5f, out.data());
      const bool same = bits(out) == bits(expected);
      CHECK(same);
    });
  });
}

TEST_CASE("the scalar rmsnorm meets the double-precision result", "[kernels]") {
  std::mt19937 random(13);
  for (std::size_t n : {16, 128, 256, 4096}) {
    const auto x = floats(n, Kind::normal, random);
    const auto weight = floats(n, Kind::normal, random);
    std::vector<float> out(n);
    scalar().rmsnorm(x.data(), weight.data(), n, 1e-5f, out.data());
    double squares = 0;
    for (float v : x) squares += double{v} * v;
    const double r = 1.0 / std::sqrt(squares / static_cast<double>(n) + 1e-5);
    // n/16 additions per lane, then a few roundings more
    const double bound = (static_cast<double>(n) / 16 + 10) * 6e-8;
    for (std::size_t i = 0; i < n; ++i) {
      const double expected = x[i] * r * weight[i];
      REQUIRE(std::fabs(out[i] - expected) <= std::fabs(expected) * bound);
    }
  }
}

TEST_CASE("softmax gives the scalar bits, in place or not", "[kernels]") {
  for_each_row([](const std::vector<float>& x, std::mt19937&) {
    std::vector<float> expected(x.size());
    scalar().softmax(x.data(), x.size(), expected.data());
    for_each_vector_table([&](const KernelTable& table) {
      std::vector<float> out = x;
      table.softmax(out.data(), x.size(), out.data());
      const bool same = bits(out) == bits(expected);
      CHECK(same);
    });
  });
}

TEST_CASE("the scalar softmax meets the double-precision result", "[kernels]") {
  std::mt19937 random(14);
  for (float spread : {0.1f, 1.0f, 10.0f, 40.0f}) {
    auto x = floats(256, Kind::normal, random);
    for (float& v : x) v *= spread;
    std::vector<float> out(x.size());
    scalar().softmax(x.data(), x.size(), out.data());
    const double highest = *std::max_element(x.begin(), x.end());
    double sum = 0;
    for (float v : x) sum += std::exp(v - highest);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double expected = std::exp(x[i] - highest) / sum;
      // x - highest rounds at 2^-24 of its size, which exp makes relative; what exp clamps is below 1e-37
      const double bound = 2e-6 + std::fabs(x[i] - highest) * 6e-8;
      REQUIRE(std::fabs(out[i] - expected) <= expected * bound + 2e-38);
    }
  }
}

TEST_CASE("log gives the scalar bits", "[kernels]") {
  for_each_row([](const std::vector<float>& x, std::mt19937&) {
    std::vector<float> expected(x.size());
    scalar().log(x.data(), x.size(), expected.data());
    for_each_vector_table([&](const KernelTable& table) {
      std::vector<float> out = x;
      table.log(out.data(), x.size(), out.data());
      const bool same = bits(out) == bits(expected);
      CHECK(same);
    });
  });
}
