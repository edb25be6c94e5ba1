// The primitives that work along one row, attention, and distances between rows of bits.
#include "kernels/support.hpp"
#include "mgt/model.hpp"

using namespace mgt;
using namespace mgt::bench;

namespace {

void add_rows(std::size_t n) {
  const std::string shape = std::to_string(n);
  const double gigabytes_unit = 4.0 * static_cast<double>(n);
  register_all("quantize_u7", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    const auto x = normal_floats(n);
    Buffer<std::uint8_t> q(n);
    float scale = 0;
    std::int32_t zero_point = 0;
    measure(state, table, name, "GB/s", gigabytes_unit,
            [&] { table.quantize_u7(x.data.get(), n, q.data.get(), &scale, &zero_point); });
  });
  register_all("rmsnorm", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    const auto x = normal_floats(n), weight = normal_floats(n);
    Buffer<float> out(n);
    measure(state, table, name, "GB/s", gigabytes_unit,
            [&] { table.rmsnorm(x.data.get(), weight.data.get(), n, 1e-5f, out.data.get()); });
  });
  register_all("softmax", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    const auto x = normal_floats(n);
    Buffer<float> out(n);
    measure(state, table, name, "GB/s", gigabytes_unit, [&] { table.softmax(x.data.get(), n, out.data.get()); });
  });
  register_all("log", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    const auto x = normal_floats(n);
    Buffer<float> out(n);
    measure(state, table, name, "GB/s", gigabytes_unit, [&] { table.log(x.data.get(), n, out.data.get()); });
  });
}

void add_attention(std::uint32_t n_rows, std::uint32_t n_heads, std::uint32_t head_dim) {
  const std::string shape = std::to_string(n_rows) + "x" + std::to_string(n_heads) + "x" + std::to_string(head_dim);
  register_all("attention", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    const std::size_t width = std::size_t{n_heads} * head_dim;
    const auto query = normal_floats(width), cache = normal_floats(2 * n_rows * width);
    const auto rotations = normal_floats(kMaxWindow * head_dim);
    Buffer<float> scores(kMaxWindow), out(width);
    std::vector<const float*> keys, values;
    for (std::size_t j = 0; j < n_rows; ++j) {
      keys.push_back(cache.data.get() + 2 * j * width);
      values.push_back(cache.data.get() + (2 * j + 1) * width);
    }
    const AttentionArgs args = {query.data.get(),
                                keys.data(),
                                values.data(),
                                rotations.data.get(),
                                rotations.data.get() + kMaxWindow * head_dim / 2,
                                scores.data.get(),
                                out.data.get(),
                                n_rows,
                                n_heads,
                                n_heads,
                                head_dim};
    const double bytes = 2.0 * n_rows * static_cast<double>(width) * 4.0;
    measure(state, table, name, "GB/s", bytes, [&] { table.attention(args); });
  });
}

void add_hamming(std::size_t count, std::size_t n_words) {
  const std::string shape = std::to_string(count) + "x" + std::to_string(64 * n_words);
  register_all("hamming", shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    std::mt19937_64 random(7);
    Buffer<std::uint64_t> rows(count * n_words), own(n_words);
    for (std::size_t i = 0; i < rows.size; ++i) rows.data.get()[i] = random();
    for (std::size_t w = 0; w < n_words; ++w) own.data.get()[w] = random();
    Buffer<std::uint16_t> out(count);
    measure(state, table, name, "GB/s", 8.0 * static_cast<double>(rows.size),
            [&] { table.hamming(rows.data.get(), count, own.data.get(), n_words, count, out.data.get()); });
  });
}

[[maybe_unused]] const bool registered = [] {
  add_rows(256);
  add_rows(1024);
  add_attention(16, 4, 64);
  add_attention(64, 4, 64);
  add_attention(8, 4, 32);
  add_hamming(112, 4);
  return true;
}();

}  // namespace
