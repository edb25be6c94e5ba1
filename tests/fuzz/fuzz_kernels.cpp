// Every table of this machine against the scalar one, bit for bit, on shapes and numbers from an adversary. Arrays end
// where the kernel's contract says, so that AddressSanitizer sees a read or write beyond.
#include <fuzzer/FuzzedDataProvider.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernels/table.hpp"
#include "mgt/model.hpp"
#include "model/pack.hpp"
#include "require.hpp"
#include "storage.hpp"

namespace {

using namespace mgt;
using fuzz::require;

const KernelTable& scalar() {
  return *available_kernels().back();
}

/// NaNs differ in sign and payload from table to table; everything else is the same bits.
bool same(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}
bool same(const std::vector<float>& a, const std::vector<float>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return a.size() == b.size();
}

/// Numbers from the input: any bits while it lasts, ordinary numbers made from a seed afterwards.
class Source {
 public:
  Source(const std::uint8_t* data, std::size_t size) : data_(data, size) {
    state_ = data_.ConsumeIntegral<std::uint32_t>();
  }

  /// In [low, high].
  std::uint32_t number(std::uint32_t low, std::uint32_t high) {
    return data_.ConsumeIntegralInRange<std::uint32_t>(low, high);
  }
  std::uint32_t byte() {
    if (data_.remaining_bytes() > 0) return data_.ConsumeIntegral<std::uint8_t>();
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 56);
  }
  float real() {
    if (data_.remaining_bytes() >= 4) return std::bit_cast<float>(data_.ConsumeIntegral<std::uint32_t>());
    return (static_cast<float>(byte()) - 127.5f) / 64.0f;
  }
  std::vector<float> reals(std::size_t n) {
    std::vector<float> x(n);
    for (float& v : x) v = real();
    return x;
  }

 private:
  FuzzedDataProvider data_;
  std::uint64_t state_ = 0;
};

/// Runs `kernel(table)`, which returns its results as floats, on every table.
template <class Kernel>
void compare(Kernel kernel) {
  const std::vector<float> expected = kernel(scalar());
  for (const KernelTable* table : available_kernels()) require(same(kernel(*table), expected));
}

void rows(Source& source) {
  const std::size_t n = 16 * source.number(1, 24);
  const float eps = 1e-12f + static_cast<float>(source.number(0, 1000)) * 1e-3f;
  const auto x = source.reals(n);
  const auto weight = source.reals(n);
  compare([&](const KernelTable& k) {
    std::vector<float> out(n);
    k.rmsnorm(x.data(), weight.data(), n, eps, out.data());
    return out;
  });
  compare([&](const KernelTable& k) {
    std::vector<float> out(n);
    k.softmax(x.data(), n, out.data());
    return out;
  });
  compare([&](const KernelTable& k) {
    std::vector<float> out(n);
    k.log(x.data(), n, out.data());
    return out;
  });
  compare([&](const KernelTable& k) {
    std::vector<std::uint8_t> q(n);
    float scale = 0;
    std::int32_t zero_point = 0;
    k.quantize_u7(x.data(), n, q.data(), &scale, &zero_point);
    std::vector<float> out(q.begin(), q.end());
    for (const float v : out) require(v <= 127.0f);
    out.push_back(scale);
    out.push_back(static_cast<float>(zero_point));
    return out;
  });
}

void product(Source& source) {
  PackedMatrix w;
  w.format = source.number(0, 1) == 0 ? WeightFormat::int8 : WeightFormat::int4;
  const bool four_bits = w.format == WeightFormat::int4;
  w.rows = (four_bits ? 32 : 16) * source.number(1, 8);
  w.cols = 16 * source.number(1, 12);
  QuantizedRows a;
  a.n_tokens = source.number(1, 9);
  a.stride = (w.cols + 63) / 64 * 64;
  const Block weights = allocate_block(w.size_bytes());
  const Block values = allocate_block(a.n_tokens * a.stride);
  require(weights && values);
  w.weights = reinterpret_cast<const std::int8_t*>(weights.get());
  auto* const value = reinterpret_cast<std::uint8_t*>(values.get());

  for (std::size_t t = 0; t < a.n_tokens * a.stride; ++t) {
    const std::uint32_t b = source.byte();
    value[t] = static_cast<std::uint8_t>(b < 128 ? b : 0);  // half of them zero, as behind a ReLU
  }
  std::vector<std::int32_t> row_sums(w.rows);
  std::vector<std::int8_t> row(w.cols);
  for (std::uint32_t r = 0; r < w.rows; ++r) {
    for (std::int8_t& weight : row) {
      const int byte = static_cast<int>(source.byte());
      weight = static_cast<std::int8_t>(four_bits ? byte % 16 - 8 : byte % 255 - 127);
    }
    row_sums[r] = detail::pack_row(row.data(), r, w);
  }
  std::vector<std::int32_t> zero_points(a.n_tokens);
  for (std::int32_t& zero_point : zero_points) zero_point = static_cast<std::int32_t>(source.byte() % 128);
  const auto scales = source.reals(w.rows);
  const auto token_scales = source.reals(a.n_tokens);
  const std::size_t out_stride = w.rows + source.number(0, 5);
  const auto before = source.reals(a.n_tokens * out_stride);
  w.scales = scales.data();
  w.row_sums = row_sums.data();
  a.values = value;
  a.scales = token_scales.data();
  a.zero_points = zero_points.data();
  for (const Epilogue epilogue : {Epilogue::store, Epilogue::add, Epilogue::relu}) {
    compare([&](const KernelTable& k) {
      auto out = before;  // what lies between the rows stays as it was
      k.gemm(w, a, epilogue, out.data(), out_stride);
      return out;
    });
  }
}

void attention(Source& source) {
  AttentionArgs args;
  args.n_rows = source.number(1, kMaxWindow);
  args.n_kv_heads = source.number(1, 3);
  args.n_heads = args.n_kv_heads * source.number(1, 3);
  args.head_dim = 32 * source.number(1, 3);
  const std::size_t kv_dim = std::size_t{args.n_kv_heads} * args.head_dim;
  const std::size_t dim = std::size_t{args.n_heads} * args.head_dim;
  const auto query = source.reals(dim);
  const auto cosines = source.reals(std::size_t{kMaxWindow} * args.head_dim / 2);
  const auto sines = source.reals(std::size_t{kMaxWindow} * args.head_dim / 2);
  std::vector<std::vector<float>> key_rows;
  std::vector<std::vector<float>> value_rows;
  std::vector<const float*> keys;
  std::vector<const float*> values;
  for (std::uint32_t j = 0; j < args.n_rows; ++j) {
    key_rows.push_back(source.reals(kv_dim));
    value_rows.push_back(source.reals(kv_dim));
    keys.push_back(key_rows.back().data());
    values.push_back(value_rows.back().data());
  }
  args.query = query.data();
  args.keys = keys.data();
  args.values = values.data();
  args.rope_cos = cosines.data();
  args.rope_sin = sines.data();
  compare([&](const KernelTable& k) {
    std::vector<float> scores(kMaxWindow);
    std::vector<float> out(dim);
    AttentionArgs own = args;
    own.scores = scores.data();
    own.out = out.data();
    k.attention(own);
    return out;
  });
}

void hamming(Source& source) {
  const std::size_t count = kHammingRows * source.number(1, 14);
  const std::size_t n_words = source.number(1, kHammingWords);
  const std::size_t stride = count + source.number(0, 5);
  const auto word = [&] {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | source.byte();
    return bits;
  };
  std::vector<std::uint64_t> row_words((n_words - 1) * stride + count), own(n_words);
  for (std::uint64_t& bits : row_words) bits = word();
  for (std::uint64_t& bits : own) bits = word();
  compare([&](const KernelTable& k) {
    std::vector<std::uint16_t> out(count);
    k.hamming(row_words.data(), stride, own.data(), n_words, count, out.data());
    return std::vector<float>(out.begin(), out.end());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source(data, size);
  switch (source.number(0, 3)) {
    case 0:
      rows(source);
      break;
    case 1:
      product(source);
      break;
    case 2:
      hamming(source);
      break;
    default:
      attention(source);
  }
  return 0;
}
