#include <algorithm>

#include <catch2/generators/catch_generators.hpp>

#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

struct Shape {
  std::uint32_t rows, cols;
  std::size_t n_tokens;
};

std::vector<float> product(const KernelTable& table, const RandomMatrix& w, RandomRows& a, Epilogue epilogue,
                           std::size_t stride, const std::vector<float>& before) {
  std::vector<float> out = before;
  table.gemm(w.view(), a.view(), epilogue, out.data(), stride);
  return out;
}

void compare(WeightFormat format, Shape shape, std::mt19937& random) {
  INFO(format_name(format) << ", " << shape.rows << " rows, " << shape.cols << " cols, " << shape.n_tokens
                           << " tokens");
  const RandomMatrix w(format, shape.rows, shape.cols, random);
  RandomRows a(shape.n_tokens, shape.cols, random);
  const std::size_t stride = shape.rows + 5;  // what lies between the rows must stay as it was
  const std::vector<float> before = floats(shape.n_tokens * stride, Kind::normal, random);
  for (Epilogue epilogue : {Epilogue::store, Epilogue::add, Epilogue::relu}) {
    INFO("epilogue " << static_cast<int>(epilogue));
    const auto expected = bits(product(scalar(), w, a, epilogue, stride, before));
    for_each_vector_table([&](const KernelTable& table) {
      const bool same = bits(product(table, w, a, epilogue, stride, before)) == expected;
      CHECK(same);
    });
  }
}

}  // namespace

TEST_CASE("a product gives the scalar bits for every number of tokens", "[kernels]") {
  std::mt19937 random(1);
  for (WeightFormat format : kFormats) {
    for (std::size_t n_tokens = 1; n_tokens <= 17; ++n_tokens) compare(format, {96, 48, n_tokens}, random);
    compare(format, {32, 32, 70}, random);
  }
}

TEST_CASE("a product gives the scalar bits for random shapes", "[kernels]") {
  std::mt19937 random(2);
  for (WeightFormat format : kFormats) {
    const std::uint32_t group = format == WeightFormat::int8 ? 16 : 32;
    for (int i = 0; i < 60; ++i) {
      const auto rows = static_cast<std::uint32_t>(random() % 20 + 1) * group;
      const auto cols = static_cast<std::uint32_t>(random() % 20 + 1) * 16;
      compare(format, {rows, cols, random() % 9 + 1}, random);
    }
  }
}

TEST_CASE("a product gives the scalar bits for the shipped shapes and long rows", "[kernels]") {
  std::mt19937 random(3);
  for (WeightFormat format : kFormats) {
    for (Shape shape : {Shape{768, 256, 1}, Shape{1024, 256, 3}, Shape{256, 1024, 1}, Shape{256, 1024, 2},
                        Shape{128, 512, 1}, Shape{256, 256, 64}, Shape{32, 8192, 1}, Shape{32, 16, 1}}) {
      compare(format, shape, random);
    }
    compare(format, {32, 65536, 2}, random);
  }
}

TEST_CASE("a product reads a slice of rows", "[kernels]") {
  std::mt19937 random(4);
  const WeightFormat format = GENERATE(WeightFormat::int8, WeightFormat::int4);
  const RandomMatrix w(format, 128, 64, random);
  RandomRows a(5, 64, random);
  for (const KernelTable* table : available_kernels()) {
    INFO("table " << table->name << ", " << format_name(format));
    std::vector<float> whole(5 * 128), part(5 * 64);
    table->gemm(w.view(), a.view(), Epilogue::store, whole.data(), 128);
    table->gemm(w.view().slice(32, 64), a.view(), Epilogue::store, part.data(), 64);
    for (std::size_t t = 0; t < 5; ++t) {
      const bool same = std::equal(&part[t * 64], &part[t * 64] + 64, &whole[t * 128 + 32]);
      CHECK(same);
    }
  }
}

TEST_CASE("the scalar product is what it claims to be", "[kernels]") {
  std::mt19937 random(5);
  const WeightFormat format = GENERATE(WeightFormat::int8, WeightFormat::int4);
  const RandomMatrix w(format, 32, 1024, random);
  RandomRows a(3, 1024, random);
  const PackedMatrix m = w.view();
  const QuantizedRows q = a.view();
  std::vector<float> out(3 * 32);
  scalar().gemm(m, q, Epilogue::store, out.data(), 32);
  for (std::size_t t = 0; t < 3; ++t) {
    for (std::uint32_t r = 0; r < 32; ++r) {
      long long sum = 0;
      for (std::uint32_t c = 0; c < 1024; ++c) sum += w.weight(r, c) * (q.values[t * q.stride + c] - q.zero_points[t]);
      const double expected = static_cast<double>(sum) * m.scales[r] * q.scales[t];
      // the sum is below 2^24, so only the two scale products round
      CHECK(std::fabs(out[t * 32 + r] - expected) <= std::fabs(expected) * 1.2e-7 * 2);
    }
  }
}
