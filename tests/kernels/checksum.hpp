// One number over the results of every primitive on pseudo-random input: the same for each table of each build, native
// and WebAssembly. Inputs come from an own generator, since the standard library's distributions differ between builds.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/table.hpp"
#include "kernels/tile_layout.hpp"
#include "model/pack.hpp"

namespace mgt::test {

class KernelChecksum {
 public:
  explicit KernelChecksum(const KernelTable& table) : table_(table) {}

  /// Everything but the int4 product.
  std::uint64_t run() {
    for (std::uint32_t n : {16u, 48u, 128u, 256u, 1024u}) rows(n);
    for (std::uint32_t n_tokens = 1; n_tokens <= 9; ++n_tokens) product(16 * (n_tokens + 2), 16 * n_tokens, n_tokens);
    product(256, 256, 64);
    product(256, 1024, 1);
    for (std::uint32_t n_rows : {1u, 7u, 16u, 33u, 64u}) {
      attend(n_rows, 4, 4, 32);
      attend(n_rows, 4, 2, 64);
    }
    for (std::uint32_t n_words : {1u, 4u, 8u}) distances(n_words, 112);
    return hash_;
  }

  /// The int4 product alone.
  std::uint64_t run_int4() {
    for (std::uint32_t n_tokens = 1; n_tokens <= 9; ++n_tokens) {
      product(32 * (n_tokens % 4 + 1), 16 * n_tokens, n_tokens, WeightFormat::int4);
    }
    product(256, 256, 64, WeightFormat::int4);
    product(256, 1024, 1, WeightFormat::int4);
    return hash_;
  }

 private:
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  /// Uniform in [-1, 1), now and then scaled up or down by a power of 2.
  float next_float() {
    const float unit = static_cast<float>(static_cast<int>(next() & 0xffffff) - 0x800000) / 8388608.0f;
    const std::uint32_t scale = next() % 64;
    return scale == 0 ? unit * 1024.0f : scale == 1 ? unit / 65536.0f : unit;
  }
  std::vector<float> floats(std::size_t n) {
    std::vector<float> x(n);
    for (float& v : x) v = next_float();
    return x;
  }

  void add(const void* data, std::size_t size_bytes) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size_bytes; ++i) hash_ = (hash_ ^ bytes[i]) * 0x100000001b3u;
  }
  void add(const std::vector<float>& x) { add(x.data(), x.size() * sizeof(float)); }

  void rows(std::uint32_t n) {
    const auto x = floats(n), weight = floats(n);
    std::vector<float> out(n);
    table_.rmsnorm(x.data(), weight.data(), n, 1e-5f, out.data());
    add(out);
    table_.softmax(x.data(), n, out.data());
    add(out);
    table_.log(out.data(), n, out.data());
    add(out);
    std::vector<std::uint8_t> q(n);
    float scale = 0;
    std::int32_t zero_point = 0;
    table_.quantize_u7(x.data(), n, q.data(), &scale, &zero_point);
    add(q.data(), q.size());
    add(&scale, sizeof scale);
    add(&zero_point, sizeof zero_point);
  }

  void product(std::uint32_t n_rows, std::uint32_t cols, std::uint32_t n_tokens,
               WeightFormat format = WeightFormat::int8) {
    const std::uint32_t stride = (cols + 63) / 64 * 64;
    std::vector<std::int8_t> tiles(std::size_t{n_rows} * cols);
    for (std::int8_t& byte : tiles) byte = static_cast<std::int8_t>(static_cast<int>(next() % 255) - 127);
    std::vector<std::int32_t> row_sums(n_rows), zero_points(n_tokens);
    for (std::int32_t& sum : row_sums) sum = static_cast<std::int32_t>(next() % 4001) - 2000;
    for (std::int32_t& zero_point : zero_points) zero_point = static_cast<std::int32_t>(next() % 128);
    const auto scales = floats(n_rows), token_scales = floats(n_tokens);
    std::vector<std::uint8_t> values(std::size_t{n_tokens} * stride);
    for (std::uint8_t& v : values) v = next() % 4 == 0 ? static_cast<std::uint8_t>(next() % 128) : std::uint8_t{0};
    auto out = floats(std::size_t{n_tokens} * n_rows);
    std::vector<std::int8_t> storage(tiles.size() + 64);
    std::int8_t* weights = storage.data() + (64 - reinterpret_cast<std::uintptr_t>(storage.data()) % 64);
    const PackedMatrix w = {weights, scales.data(), row_sums.data(), n_rows, cols, format};
    pack(tiles.data(), w);
    const QuantizedRows a = {values.data(), token_scales.data(), zero_points.data(), stride, n_tokens};
    for (Epilogue epilogue : {Epilogue::add, Epilogue::store, Epilogue::relu}) {
      table_.gemm(w, a, epilogue, out.data(), n_rows);
      add(out);
    }
  }

  /// Weights from bytes: tiles of 4 columns of 16 rows, or of 32 rows in pairs of 4 bits plus 8.
  static void pack(const std::int8_t* bytes, const PackedMatrix& w) {
    const std::uint32_t group_rows = w.format == WeightFormat::int4 ? 32 : 16;
    std::vector<std::int8_t> row(w.cols);
    for (std::uint32_t r = 0; r < w.rows; ++r) {
      for (std::uint32_t c = 0; c < w.cols; ++c) {
        const std::int8_t byte = bytes[(r / group_rows * (w.cols / 4) + c / 4) * 64 + r % 16 * 4 + c % 4];
        const int pair = static_cast<std::uint8_t>(byte);
        const int four_bits = (r % 32 < 16 ? pair & 15 : pair >> 4) - 8;
        row[c] = w.format == WeightFormat::int4 ? static_cast<std::int8_t>(four_bits) : byte;
      }
      detail::pack_row(row.data(), r, w);
    }
  }

  void attend(std::uint32_t n_rows, std::uint32_t n_heads, std::uint32_t n_kv_heads, std::uint32_t head_dim) {
    const std::size_t kv_dim = std::size_t{n_kv_heads} * head_dim;
    const auto query = floats(std::size_t{n_heads} * head_dim), keys = floats(n_rows * kv_dim),
               values = floats(n_rows * kv_dim), cosine = floats(64 * head_dim / 2), sine = floats(64 * head_dim / 2);
    std::vector<float> scores(64), out(query.size());
    std::vector<const float*> key_rows, value_rows;
    for (std::size_t j = 0; j < n_rows; ++j) {
      key_rows.push_back(&keys[j * kv_dim]);
      value_rows.push_back(&values[j * kv_dim]);
    }
    table_.attention({query.data(), key_rows.data(), value_rows.data(), cosine.data(), sine.data(), scores.data(),
                      out.data(), n_rows, n_heads, n_kv_heads, head_dim});
    add(out);
  }

  void distances(std::uint32_t n_words, std::uint32_t count) {
    const auto word = [&] { return std::uint64_t{next()} << 33 ^ std::uint64_t{next()} << 8 ^ next(); };
    std::vector<std::uint64_t> rows(std::size_t{n_words} * count), own(n_words);
    for (std::uint64_t& bits : rows) bits = word();
    for (std::uint64_t& bits : own) bits = word();
    std::vector<std::uint16_t> out(count);
    table_.hamming(rows.data(), count, own.data(), n_words, count, out.data());
    add(out.data(), out.size() * sizeof out[0]);
  }

  const KernelTable& table_;
  std::uint64_t state_ = 1;
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace mgt::test
