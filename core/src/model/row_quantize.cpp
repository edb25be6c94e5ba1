#include "model/row_quantize.hpp"

#include <algorithm>
#include <cstring>

#include "model/float16.hpp"
#include "model/gguf_cursor.hpp"

namespace mgt::detail {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kQ8Bytes = 34;  // one half, 32 int8
constexpr std::size_t kQ4Bytes = 18;  // one half, 32 nibbles: low nibbles are values 0..15, high ones 16..31

template <class T>
T load(const std::byte* p) noexcept {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

float magnitude(float x) noexcept {
  return x < 0 ? -x : x;
}

float max_magnitude(std::span<const float> row) noexcept {
  float largest = 0;
  for (const float w : row) largest = std::max(largest, magnitude(w));
  return largest;
}

void decode_unchecked(const gguf::Tensor& tensor, std::span<const std::byte> bytes, std::span<float> out) noexcept {
  const std::byte* p = bytes.data();
  switch (tensor.type) {
    case gguf::TensorType::f32:
      std::memcpy(out.data(), p, out.size_bytes());
      return;
    case gguf::TensorType::f16:
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = f16_to_f32(load<std::uint16_t>(p + 2 * i));
      return;
    case gguf::TensorType::q8_0:
      for (std::size_t i = 0; i < out.size(); i += kBlock, p += kQ8Bytes) {
        const float scale = f16_to_f32(load<std::uint16_t>(p));
        for (std::size_t k = 0; k < kBlock; ++k) out[i + k] = scale * static_cast<float>(load<std::int8_t>(p + 2 + k));
      }
      return;
    case gguf::TensorType::q4_0:
      for (std::size_t i = 0; i < out.size(); i += kBlock, p += kQ4Bytes) {
        const float scale = f16_to_f32(load<std::uint16_t>(p));
        for (std::size_t k = 0; k < kBlock / 2; ++k) {
          const int pair = std::to_integer<int>(p[2 + k]);
          out[i + k] = scale * static_cast<float>((pair & 15) - 8);
          out[i + k + kBlock / 2] = scale * static_cast<float>((pair >> 4) - 8);
        }
      }
      return;
  }
}

}  // namespace

std::int8_t quantize_value(float value, float scale) noexcept {
  if (scale == 0) return 0;
  const float ratio = std::clamp(value / scale, -127.0f, 127.0f);
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: the sum has no fraction bits left
  return static_cast<std::int8_t>((ratio + kRound) - kRound);
}

float quantize_row(std::span<const float> row, std::int8_t* q) noexcept {
  const float scale = max_magnitude(row) / 127.0f;
  for (std::size_t i = 0; i < row.size(); ++i) q[i] = quantize_value(row[i], scale);
  return scale;
}

void encode_q8_0_row(std::span<const float> row, std::byte* blocks) noexcept {
  const float largest = max_magnitude(row);
  std::uint16_t half = f32_to_f16(largest / 127.0f);
  // 127.5 would round to 128. Only subnormal halves are coarse enough for that.
  if (largest > 127.5f * f16_to_f32(half)) ++half;
  const float scale = f16_to_f32(half);
  for (std::size_t i = 0; i < row.size(); i += kBlock, blocks += kQ8Bytes) {
    std::memcpy(blocks, &half, sizeof half);
    for (std::size_t k = 0; k < kBlock; ++k) {
      blocks[2 + k] = static_cast<std::byte>(quantize_value(row[i + k], scale));
    }
  }
}

namespace {

/// Whether one of a block's values is -128. Eight at a time: WebAssembly runs this before anything is optimised.
bool has_least_int8(const std::byte* values) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kSigns = 0x8080808080808080;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < kBlock; i += sizeof found) {
    const std::uint64_t word = load<std::uint64_t>(values + i) ^ kSigns;
    found |= (word - kOnes) & ~word & kSigns;  // the top bit of a byte that is zero
  }
  return found != 0;
}

}  // namespace

bool uniform_q8_0_row(std::span<const std::byte> blocks, float* scale) noexcept {
  const auto half = load<std::uint16_t>(blocks.data());
  *scale = f16_to_f32(half);
  for (std::size_t b = 0; b < blocks.size(); b += kQ8Bytes) {
    if (load<std::uint16_t>(blocks.data() + b) != half) return false;
    if (has_least_int8(blocks.data() + b + 2)) return false;
  }
  return true;
}

void copy_q8_0_values(std::span<const std::byte> blocks, std::int8_t* q) noexcept {
  for (std::size_t b = 0; b < blocks.size(); b += kQ8Bytes, q += kBlock) {
    for (std::size_t i = 0; i < kBlock; i += 8) std::memcpy(q + i, blocks.data() + b + 2 + i, 8);
  }
}

namespace {

/// value / scale rounded to the nearest integer, ties to even, within [-7, 7].
int quantize_to_int4(float value, double scale) noexcept {
  const double ratio = std::clamp(static_cast<double>(value) / scale, -7.0, 7.0);
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: the sum has no fraction bits left
  return static_cast<int>((ratio + kRound) - kRound);
}

double squared_error(std::span<const float> row, double scale) noexcept {
  double sum = 0;
  for (const float w : row) {
    const double error = static_cast<double>(w) - scale * quantize_to_int4(w, scale);
    sum += error * error;
  }
  return sum;
}

/// The half for a row of Q4_0 blocks; 0 where the row is zero or too small for halves.
std::uint16_t int4_scale(std::span<const float> row) noexcept {
  const double largest = static_cast<double>(max_magnitude(row));
  std::uint16_t best = 0;
  double least = 0;
  for (const double share : {1.0, 0.92, 0.84, 0.76, 0.68, 0.6}) {
    const std::uint16_t half = f32_to_f16(static_cast<float>(share * largest / 7.0));
    if (half == 0) break;  // shares only fall
    const double error = squared_error(row, static_cast<double>(f16_to_f32(half)));
    if (best == 0 || error < least) best = half, least = error;
  }
  return best;
}

}  // namespace

void encode_q4_0_row(std::span<const float> row, std::byte* blocks) noexcept {
  const std::uint16_t half = int4_scale(row);
  const auto scale = static_cast<double>(f16_to_f32(half));
  const auto nibble = [&](float w) { return half == 0 ? 8 : quantize_to_int4(w, scale) + 8; };
  for (std::size_t i = 0; i < row.size(); i += kBlock, blocks += kQ4Bytes) {
    std::memcpy(blocks, &half, sizeof half);
    for (std::size_t k = 0; k < kBlock / 2; ++k) {
      blocks[2 + k] = static_cast<std::byte>(nibble(row[i + k]) | nibble(row[i + k + kBlock / 2]) << 4);
    }
  }
}

bool uniform_q4_0_row(std::span<const std::byte> blocks, float* scale, float* other) noexcept {
  const auto half = load<std::uint16_t>(blocks.data());
  *scale = f16_to_f32(half);
  for (std::size_t b = 0; b < blocks.size(); b += kQ4Bytes) {
    const auto here = load<std::uint16_t>(blocks.data() + b);
    if (here == half) continue;
    if (other != nullptr) *other = f16_to_f32(here);
    return false;
  }
  return true;
}

void copy_q4_0_values(std::span<const std::byte> blocks, std::int8_t* q) noexcept {
  for (std::size_t b = 0; b < blocks.size(); b += kQ4Bytes, q += kBlock) {
    for (std::size_t k = 0; k < kBlock / 2; ++k) {
      const int pair = std::to_integer<int>(blocks[b + 2 + k]);
      q[k] = static_cast<std::int8_t>((pair & 15) - 8);
      q[k + kBlock / 2] = static_cast<std::int8_t>((pair >> 4) - 8);
    }
  }
}

std::optional<float> stored_int8_row(const gguf::Tensor& tensor, std::uint64_t r, std::int8_t* q) noexcept {
  float scale = 0;
  if (tensor.type == gguf::TensorType::q8_0 && uniform_q8_0_row(tensor.row(r), &scale)) {
    copy_q8_0_values(tensor.row(r), q);
    return scale;
  }
  if (tensor.type == gguf::TensorType::q4_0 && uniform_q4_0_row(tensor.row(r), &scale, nullptr)) {
    copy_q4_0_values(tensor.row(r), q);
    return scale;
  }
  return std::nullopt;
}

Expected<void> decode_row(const gguf::Tensor& tensor, std::uint64_t r, std::span<float> out) noexcept {
  decode_unchecked(tensor, tensor.row(r), out);
  for (std::size_t c = 0; c < out.size(); ++c) {
    if (!(magnitude(out[c]) <= kMaxWeight)) {  // also catches NaN
      return fail(Errc::bad_value, "tensor %.*s has %g at row %llu, column %llu; the limit is %g",
                  MGT_PRINT_VIEW(tensor.name), static_cast<double>(out[c]), gguf::ull{r}, gguf::ull{c},
                  static_cast<double>(kMaxWeight));
    }
  }
  return {};
}

}  // namespace mgt::detail
