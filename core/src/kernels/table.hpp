// The primitives of the engine, one table per instruction set. Every table computes the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mgt {

enum class WeightFormat : std::uint8_t { int8, int4 };

/// An integer matrix [rows x cols] with one scale per row, packed in tiles of 64 bytes: 4 columns of a group of 16 rows
/// (int8) or of 32 (int4). The tiles of one row group follow each other along the columns; what is inside, of which
/// each build has its own idea, says tile_layout.hpp. Weights of 4 bits are in [-8, 7].
///
/// cols is a multiple of 16, rows one of 16 (int8) or 32 (int4); cols at most 2^17 (beyond it a dot may leave int32).
/// `weights` is 64-byte aligned.
struct PackedMatrix {
  const std::int8_t* weights = nullptr;
  const float* scales = nullptr;           ///< [rows]
  const std::int32_t* row_sums = nullptr;  ///< [rows], sum of a row's integer weights
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
  WeightFormat format = WeightFormat::int8;

  /// Bytes of the weights.
  std::size_t size_bytes() const noexcept { return bytes_of(rows); }

  /// The matrix of rows [first, first + count); both multiples of a row group.
  PackedMatrix slice(std::uint32_t first, std::uint32_t count) const noexcept {
    return {weights + bytes_of(first), scales + first, row_sums + first, count, cols, format};
  }

 private:
  std::size_t bytes_of(std::uint32_t n_rows) const noexcept {
    return std::size_t{n_rows} * cols / (format == WeightFormat::int4 ? 2 : 1);
  }
};

/// `n_tokens` activation rows quantised to 7 bits: value = (q - zero_point) * scale.
/// Row t starts at values + t * stride; stride is a multiple of 64 and at least cols.
struct QuantizedRows {
  const std::uint8_t* values = nullptr;
  const float* scales = nullptr;              ///< [n_tokens]
  const std::int32_t* zero_points = nullptr;  ///< [n_tokens]
  std::size_t stride = 0;
  std::size_t n_tokens = 0;
};

enum class Epilogue : std::uint8_t {
  store,  ///< out = y
  add,    ///< out = out + y (residual)
  relu,   ///< out = max(y, 0)
};

/// One query against the cached rows it may see.
struct AttentionArgs {
  const float* query = nullptr;          ///< [n_heads * head_dim], before rotation
  const float* const* keys = nullptr;    ///< [n_rows] pointers to rows [n_kv_heads * head_dim], oldest first, unrotated
  const float* const* values = nullptr;  ///< [n_rows], same order
  const float* rope_cos = nullptr;       ///< [kMaxWindow x head_dim/2]; row d = relative offset d
  const float* rope_sin = nullptr;
  float* scores = nullptr;   ///< scratch, [kMaxWindow]
  float* out = nullptr;      ///< [n_heads * head_dim]
  std::uint32_t n_rows = 0;  ///< the last row is the query's own position (offset 0)
  std::uint32_t n_heads = 0;
  std::uint32_t n_kv_heads = 0;
  std::uint32_t head_dim = 0;
};

inline constexpr std::size_t kHammingRows = 8;
inline constexpr std::size_t kHammingWords = 8;

/// All lengths `n` are in floats. Non-finite input never reads or writes out of bounds and gives every table the same
/// result but for the sign and payload of a NaN; what it gives is said below.
struct KernelTable {
  const char* name;  ///< "scalar", "sse42", "avx2", "avx512vnni", "amx", "wasm-simd128", "wasm-relaxed"

  /// q[i] = clamp(round_even(x[i] * 127/(hi-lo)) + zero_point, 0, 127) with lo = min(0, min x), hi = max(0, max x).
  /// n is a multiple of 16. scale = (hi-lo)/127; a row of zeros (or with hi-lo under 127/FLT_MAX, about 4e-37) gives
  /// scale 0, zero point 0 and zeros. NaN counts as the zero point or less: it gives 0.
  void (*quantize_u7)(const float* x, std::size_t n, std::uint8_t* q, float* scale, std::int32_t* zero_point) noexcept;

  /// The product with an int8 matrix:
  /// out[t][r] = epilogue(float(dot(w[r], a[t]) - zp[t] * row_sums[r]) * (scales[r] * a.scales[t])).
  /// Row t of the result starts at out + t * out_stride.
  void (*gemm_u7i8)(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
                    std::size_t out_stride) noexcept;

  /// The same for an int4 matrix.
  void (*gemm_u7i4)(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
                    std::size_t out_stride) noexcept;

  /// The product in the matrix's own format.
  void gemm(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
            std::size_t out_stride) const noexcept {
    (w.format == WeightFormat::int4 ? gemm_u7i4 : gemm_u7i8)(w, a, epilogue, out, out_stride);
  }

  /// out = x * (1 / sqrt(mean(x^2) + eps)) * weight. n is a multiple of 16. `out` may be `x`.
  void (*rmsnorm)(const float* x, const float* weight, std::size_t n, float eps, float* out) noexcept;

  /// out = sum_j softmax_j(<R(offset_j) q, k_j> / sqrt(head_dim)) v_j per head, with grouped-query heads. head_dim is
  /// a multiple of 32, n_rows in [1, kMaxWindow]. `out` overlaps no input.
  void (*attention)(const AttentionArgs& args) noexcept;

  /// probabilities = softmax(logits). n is a multiple of 16. The two may be the same array. A NaN logit counts as the
  /// lowest; the smallest ratio to the largest probability is exp(-87.33).
  void (*softmax)(const float* logits, std::size_t n, float* probabilities) noexcept;

  /// out = ln(x) for normal positive x; zero, subnormals, negatives and NaN give ln of the
  /// smallest normal. n is a multiple of 16. `out` may be `x`.
  void (*log)(const float* x, std::size_t n, float* out) noexcept;

  /// out[i] = bits in which row i differs from `own`, for `count` rows, a multiple of kHammingRows. Word w of row i is
  /// rows[w * stride + i]; n_words is at most kHammingWords.
  void (*hamming)(const std::uint64_t* rows, std::size_t stride, const std::uint64_t* own, std::size_t n_words,
                  std::size_t count, std::uint16_t* out) noexcept;
};

/// Tables this build has and this CPU can run, fastest first; the last is the reference.
std::span<const KernelTable* const> available_kernels() noexcept;

/// The table named `name`, or nullptr where the build or the CPU lacks it.
const KernelTable* find_kernels(const char* name) noexcept;

/// Puts the table named `name` in force for the whole process; false, and no change, where find_kernels() has none.
bool use_kernels(const char* name) noexcept;

/// The table in force: the fastest, unless use_kernels() chose another.
const KernelTable& kernels() noexcept;

}  // namespace mgt
