#include "kernels/numerics.hpp"
#include "kernels/support.hpp"
#include "mgt/model.hpp"

static_assert(mgt::detail::kMaxRows == mgt::kMaxWindow);

using namespace mgt;
using namespace mgt::test;

namespace {

struct Shape {
  std::uint32_t n_rows, n_heads, n_kv_heads, head_dim;
};

/// A window of cached rows with its rotation table and one query.
class Window {
 public:
  Window(Shape shape, Kind kind, std::mt19937& random)
      : shape_(shape),
        query_(floats(std::size_t{shape.n_heads} * shape.head_dim, kind, random)),
        keys_(floats(std::size_t{shape.n_rows} * kv_dim(), kind, random)),
        values_(floats(std::size_t{shape.n_rows} * kv_dim(), kind, random)) {
    const std::size_t half = shape.head_dim / 2;
    for (std::size_t d = 0; d < kMaxWindow; ++d) {
      for (std::size_t p = 0; p < half; ++p) {
        cosine_.push_back(static_cast<float>(std::cos(angle(d, p))));
        sine_.push_back(static_cast<float>(std::sin(angle(d, p))));
      }
    }
    for (std::size_t j = 0; j < shape.n_rows; ++j) {
      key_rows_.push_back(&keys_[j * kv_dim()]);
      value_rows_.push_back(&values_[j * kv_dim()]);
    }
  }

  std::vector<float> attend(const KernelTable& table) const {
    std::vector<float> scores(kMaxWindow + 16, 7.0f), out(query_.size());
    const AttentionArgs args = {query_.data(),  key_rows_.data(),  value_rows_.data(), cosine_.data(),
                                sine_.data(),   scores.data(),     out.data(),         shape_.n_rows,
                                shape_.n_heads, shape_.n_kv_heads, shape_.head_dim};
    table.attention(args);
    for (std::size_t i = kMaxWindow; i < scores.size(); ++i) REQUIRE(scores[i] == 7.0f);
    return out;
  }

  /// The same in double precision, by rotating query and keys to absolute positions.
  std::vector<double> reference() const {
    std::vector<double> out;
    for (std::uint32_t h = 0; h < shape_.n_heads; ++h) {
      const std::size_t column = std::size_t{h / (shape_.n_heads / shape_.n_kv_heads)} * shape_.head_dim;
      const auto q = rotate(&query_[std::size_t{h} * shape_.head_dim], 100 + shape_.n_rows - 1);
      std::vector<double> weights;
      double sum = 0;
      for (std::uint32_t j = 0; j < shape_.n_rows; ++j) {
        const auto k = rotate(key_rows_[j] + column, 100 + j);
        double score = 0;
        for (std::size_t d = 0; d < shape_.head_dim; ++d) score += q[d] * k[d];
        weights.push_back(std::exp(score / std::sqrt(double(shape_.head_dim))));
        sum += weights.back();
      }
      for (std::size_t d = 0; d < shape_.head_dim; ++d) {
        double value = 0;
        for (std::uint32_t j = 0; j < shape_.n_rows; ++j) value += weights[j] / sum * value_rows_[j][column + d];
        out.push_back(value);
      }
    }
    return out;
  }

 private:
  std::size_t kv_dim() const { return std::size_t{shape_.n_kv_heads} * shape_.head_dim; }
  double angle(std::size_t position, std::size_t pair) const {
    return static_cast<double>(position) *
           std::pow(10000.0, -2.0 * static_cast<double>(pair) / static_cast<double>(shape_.head_dim));
  }
  std::vector<double> rotate(const float* x, std::size_t position) const {
    const std::size_t half = shape_.head_dim / 2;
    std::vector<double> y(shape_.head_dim);
    for (std::size_t p = 0; p < half; ++p) {
      const double c = std::cos(angle(position, p)), s = std::sin(angle(position, p));
      y[p] = x[p] * c - x[p + half] * s;
      y[p + half] = x[p + half] * c + x[p] * s;
    }
    return y;
  }

  Shape shape_;
  std::vector<float> query_, keys_, values_, cosine_, sine_;
  std::vector<const float*> key_rows_, value_rows_;
};

void compare(Shape shape, Kind kind, std::mt19937& random) {
  INFO(shape.n_rows << " rows, " << shape.n_heads << "/" << shape.n_kv_heads << " heads of " << shape.head_dim
                    << ", kind " << static_cast<int>(kind));
  const Window window(shape, kind, random);
  const auto expected = bits(window.attend(scalar()));
  for_each_vector_table([&](const KernelTable& table) {
    const bool same = bits(window.attend(table)) == expected;
    CHECK(same);
  });
}

}  // namespace

TEST_CASE("attention gives the scalar bits for every window", "[kernels]") {
  std::mt19937 random(21);
  for (std::uint32_t n_rows = 1; n_rows <= kMaxWindow; ++n_rows) compare({n_rows, 2, 2, 32}, Kind::normal, random);
}

TEST_CASE("attention gives the scalar bits for every head shape", "[kernels]") {
  std::mt19937 random(22);
  for (std::uint32_t head_dim : {32u, 64u, 96u, 128u}) {
    for (auto [n_heads, n_kv_heads] : {std::pair{1u, 1u}, {4u, 4u}, {4u, 2u}, {6u, 1u}, {8u, 2u}}) {
      for (std::uint32_t n_rows : {1u, 8u, 16u, 17u, 64u}) {
        compare({n_rows, n_heads, n_kv_heads, head_dim}, Kind::normal, random);
      }
    }
  }
}

TEST_CASE("attention gives the scalar bits for difficult values", "[kernels]") {
  std::mt19937 random(23);
  for (Kind kind : kKinds) {
    for (std::uint32_t n_rows : {1u, 5u, 16u, 33u}) compare({n_rows, 2, 1, 64}, kind, random);
  }
}

TEST_CASE("the scalar attention meets the double-precision result", "[kernels]") {
  std::mt19937 random(24);
  for (Shape shape : {Shape{1, 2, 2, 32}, Shape{8, 4, 4, 32}, Shape{16, 4, 4, 64}, Shape{64, 4, 2, 128}}) {
    const Window window(shape, Kind::normal, random);
    const auto got = window.attend(scalar());
    const auto expected = window.reference();
    // scores of about 1 are off by head_dim/16 roundings; the weights inherit that, the values are about 1
    for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(std::fabs(got[i] - expected[i]) < 5e-6);
  }
}
