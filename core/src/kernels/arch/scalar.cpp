// The reference: every primitive in plain loops. The vector tables must give the same bits.
#include <bit>
#include <cmath>

#include "kernels/arch/tables.hpp"
#include "kernels/numerics.hpp"
#include "kernels/tile_layout.hpp"

namespace mgt::detail {
namespace {

// Both return the second argument where the first is NaN or the two compare equal, as SSE does.
float max_of(float a, float b) noexcept {
  return a > b ? a : b;
}
float min_of(float a, float b) noexcept {
  return a < b ? a : b;
}

float round_even(float x) noexcept {
  return (x + kRoundMagic) - kRoundMagic;
}

/// The sum in the order all tables share: element i to lane i % 16, then halves of the lanes onto each other.
class LaneSum {
 public:
  void add(std::size_t i, float x) noexcept { lanes_[i % kLanes] += x; }
  float total() noexcept {
    for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
      for (std::size_t l = 0; l < width; ++l) lanes_[l] += lanes_[l + width];
    }
    return lanes_[0];
  }

 private:
  float lanes_[kLanes] = {};
};

float exp_of(float x) noexcept {
  x = min_of(max_of(x, kExpMin), kExpMax);
  const float shifted = x * kLog2E + kRoundMagic;
  const float n = shifted - kRoundMagic;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float y = kExpPolynomial[0];
  for (int k = 1; k < 6; ++k) y = y * r + kExpPolynomial[k];
  y = (y * (r * r) + r) + 1.0f;
  const auto power = (std::bit_cast<std::uint32_t>(shifted) << 23) + std::bit_cast<std::uint32_t>(1.0f);
  return y * std::bit_cast<float>(power);
}

float log_of(float x) noexcept {
  const auto bits = std::bit_cast<std::int32_t>(max_of(x, kSmallestNormal));
  const std::int32_t exponent = (bits - static_cast<std::int32_t>(kSqrtHalfBits)) >> 23;
  const float m = std::bit_cast<float>(bits - (exponent << 23)) - 1.0f;  // mantissa in [sqrt(1/2), sqrt(2)), less 1
  const float e = static_cast<float>(exponent);
  const float z = m * m;
  float y = kLogPolynomial[0];
  for (int k = 1; k < 9; ++k) y = y * m + kLogPolynomial[k];
  y = (y * m) * z;
  y = y + e * kLn2Low;
  y = y - z * 0.5f;
  return (m + y) + e * kLn2High;
}

void quantize_u7(const float* x, std::size_t n, std::uint8_t* q, float* scale, std::int32_t* zero_point) noexcept {
  float low = 0.0f;
  float high = 0.0f;
  for (std::size_t i = 0; i < n; ++i) {
    low = min_of(x[i], low);
    high = max_of(x[i], high);
  }
  const float range = high - low;
  const float inverse = 127.0f / range;
  if (!(inverse <= kLargestFloat)) {  // all zero, or so near to it that the inverse overflows
    for (std::size_t i = 0; i < n; ++i) q[i] = 0;
    *scale = 0.0f;
    *zero_point = 0;
    return;
  }
  // max_of before the conversion turns NaN (infinite input) into 0.
  const float zero = min_of(max_of(round_even(-low * inverse), 0.0f), 127.0f);
  for (std::size_t i = 0; i < n; ++i) {
    const float rounded = round_even(x[i] * inverse) + zero;
    q[i] = static_cast<std::uint8_t>(min_of(max_of(rounded, 0.0f), 127.0f));
  }
  *scale = range / 127.0f;
  *zero_point = static_cast<std::int32_t>(zero);
}

/// The dot products of row group `group` of a matrix with one token.
template <const TileLayout& layout>
struct Dots {
  static constexpr std::size_t kLaneRows = layout.lane_rows();
  std::int32_t sums[layout.group_rows] = {};

  Dots(const PackedMatrix& w, std::size_t group, const std::uint8_t* q) noexcept {
    const std::int8_t* tile = w.weights + group * (w.cols / kTileColumns) * kTileBytes;
    for (std::size_t c = 0; c < w.cols; c += kTileColumns, tile += kTileBytes) {
      for (std::size_t d = 0; d < layout.digits(); ++d) {
        for (std::size_t r = 0; r < kLaneRows; ++r) {
          for (std::size_t k = 0; k < kTileColumns; ++k) {
            sums[d * kLaneRows + r] += layout.weight_in(layout.lane(tile, r, k), d) * q[c + k];
          }
        }
      }
    }
  }
};

template <const TileLayout& layout>
void gemm(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
          std::size_t out_stride) noexcept {
  for (std::size_t t = 0; t < a.n_tokens; ++t) {
    for (std::size_t group = 0; group < w.rows / layout.group_rows; ++group) {
      const Dots<layout> dots(w, group, a.values + t * a.stride);
      for (std::size_t i = 0; i < layout.group_rows; ++i) {
        const std::size_t r = group * layout.group_rows + i;
        const std::int32_t centred = dots.sums[i] - a.zero_points[t] * w.row_sums[r];
        const float y = static_cast<float>(centred) * (w.scales[r] * a.scales[t]);
        float& result = out[t * out_stride + r];
        switch (epilogue) {
          case Epilogue::store:
            result = y;
            break;
          case Epilogue::add:
            result = result + y;
            break;
          case Epilogue::relu:
            result = max_of(y, 0.0f);
            break;
        }
      }
    }
  }
}

void rmsnorm(const float* x, const float* weight, std::size_t n, float eps, float* out) noexcept {
  LaneSum squares;
  for (std::size_t i = 0; i < n; ++i) squares.add(i, x[i] * x[i]);
  const float r = 1.0f / std::sqrt(squares.total() / static_cast<float>(n) + eps);
  for (std::size_t i = 0; i < n; ++i) out[i] = (x[i] * r) * weight[i];
}

void softmax(const float* logits, std::size_t n, float* probabilities) noexcept {
  float highest = -kLargestFloat;
  for (std::size_t i = 0; i < n; ++i) highest = max_of(logits[i], highest);
  LaneSum sum;
  for (std::size_t i = 0; i < n; ++i) {
    probabilities[i] = exp_of(logits[i] - highest);
    sum.add(i, probabilities[i]);
  }
  const float total = sum.total();
  for (std::size_t i = 0; i < n; ++i) probabilities[i] = probabilities[i] / total;
}

/// <R(offset) q, k> with half-split rotation: pair p is (p, p + half).
float rotated_dot(const float* q, const float* k, const float* cosine, const float* sine, std::size_t half) noexcept {
  LaneSum sum;
  for (std::size_t p = 0; p < half; ++p) {
    const float along = q[p] * k[p] + q[p + half] * k[p + half];
    const float across = q[p] * k[p + half] - q[p + half] * k[p];
    sum.add(p, cosine[p] * along + sine[p] * across);
  }
  return sum.total();
}

void attention(const AttentionArgs& args) noexcept {
  const std::size_t head_dim = args.head_dim;
  const std::size_t half = head_dim / 2;
  const std::size_t group = args.n_heads / args.n_kv_heads;
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_dim));
  for (std::size_t h = 0; h < args.n_heads; ++h) {
    const float* q = args.query + h * head_dim;
    const std::size_t column = h / group * head_dim;
    for (std::size_t j = 0; j < args.n_rows; ++j) {
      const std::size_t offset = (args.n_rows - 1 - j) * half;
      args.scores[j] =
          rotated_dot(q, args.keys[j] + column, args.rope_cos + offset, args.rope_sin + offset, half) * scale;
    }
    softmax(args.scores, args.n_rows, args.scores);
    for (std::size_t d = 0; d < head_dim; ++d) {
      float sum = 0.0f;
      for (std::size_t j = 0; j < args.n_rows; ++j) sum += args.scores[j] * args.values[j][column + d];
      args.out[h * head_dim + d] = sum;
    }
  }
}

void log(const float* x, std::size_t n, float* out) noexcept {
  for (std::size_t i = 0; i < n; ++i) out[i] = log_of(x[i]);
}

void hamming(const std::uint64_t* rows, std::size_t stride, const std::uint64_t* own, std::size_t n_words,
             std::size_t count, std::uint16_t* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    int distance = 0;
    for (std::size_t w = 0; w < n_words; ++w) distance += std::popcount(rows[w * stride + i] ^ own[w]);
    out[i] = static_cast<std::uint16_t>(distance);
  }
}

}  // namespace

constinit const KernelTable kernels_scalar = {
    "scalar", quantize_u7, gemm<kInt8Tiles>, gemm<kInt4Tiles>, rmsnorm, attention, softmax, log, hamming};

}  // namespace mgt::detail
