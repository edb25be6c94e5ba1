#include <algorithm>

#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

struct Shape {
  std::uint32_t rows, cols;
  std::size_t n_tokens;
};

std::vector<float> product(const KernelTable& table, RandomMatrix& w, RandomRows& a, Epilogue epilogue,
                           std::size_t stride, const std::vector<float>& before) {
  std::vector<float> out = before;
  table.gemm_u7i8(w.view(), a.view(), epilogue, out.data(), stride);
  return out;
}

void compare(Shape shape, std::mt19937& random) {
  INFO(shape.rows << " rows, " << shape.cols << " cols, " << shape.n_tokens << " tokens");
  RandomMatrix w(shape.rows, shape.cols, random);
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

TEST_CASE("gemm_u7i8 gives the scalar bits for every number of tokens", "[kernels]") {
  std::mt19937 random(1);
  for (std::size_t n_tokens = 1; n_tokens <= 17; ++n_tokens) compare({80, 48, n_tokens}, random);
}

TEST_CASE("gemm_u7i8 gives the scalar bits for random shapes", "[kernels]") {
  std::mt19937 random(2);
  for (int i = 0; i < 60; ++i) {
    const auto rows = static_cast<std::uint32_t>(random() % 20 + 1) * 16;
    const auto cols = static_cast<std::uint32_t>(random() % 20 + 1) * 16;
    compare({rows, cols, random() % 9 + 1}, random);
  }
}

TEST_CASE("gemm_u7i8 gives the scalar bits for the shipped shapes", "[kernels]") {
  std::mt19937 random(3);
  for (Shape shape : {Shape{768, 256, 1}, Shape{1024, 256, 3}, Shape{256, 1024, 1}, Shape{256, 1024, 2},
                      Shape{128, 512, 1}, Shape{256, 256, 64}, Shape{16, 8192, 1}, Shape{16, 16, 1}}) {
    compare(shape, random);
  }
}

TEST_CASE("gemm_u7i8 reads a slice of rows", "[kernels]") {
  std::mt19937 random(4);
  RandomMatrix w(96, 64, random);
  RandomRows a(5, 64, random);
  for (const KernelTable* table : available_kernels()) {
    INFO("table " << table->name);
    std::vector<float> whole(5 * 96), part(5 * 48);
    table->gemm_u7i8(w.view(), a.view(), Epilogue::store, whole.data(), 96);
    table->gemm_u7i8(w.view().slice(32, 48), a.view(), Epilogue::store, part.data(), 48);
    for (std::size_t t = 0; t < 5; ++t) {
      const bool same = std::equal(&part[t * 48], &part[t * 48] + 48, &whole[t * 96 + 32]);
      CHECK(same);
    }
  }
}

TEST_CASE("the scalar gemm_u7i8 is the product it claims to be", "[kernels]") {
  std::mt19937 random(5);
  RandomMatrix w(32, 1024, random);
  RandomRows a(3, 1024, random);
  const PackedMatrix m = w.view();
  const QuantizedRows q = a.view();
  std::vector<float> out(3 * 32);
  scalar().gemm_u7i8(m, q, Epilogue::store, out.data(), 32);
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
