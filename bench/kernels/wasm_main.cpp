// The integer product in WebAssembly: op/arch/shape and GMAC/s. Build and run it with ../wasm.sh.
//
// Each figure is the best of many short runs: there is no processor clock here, and the best run is the one that other
// programs left alone.
#ifdef __EMSCRIPTEN__

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "kernels/table.hpp"

namespace {

template <class T>
T* buffer(std::size_t n) {
  return static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64));
}

/// Best seconds of one call among runs of about 0.2 ms.
template <class Call>
double best_seconds(double expected_seconds, Call call) {
  using Clock = std::chrono::steady_clock;
  const int repeats = expected_seconds < 2e-4 ? static_cast<int>(2e-4 / expected_seconds) + 1 : 1;
  double best = 1;
  const auto end = Clock::now() + std::chrono::milliseconds(700);
  while (Clock::now() < end) {
    const auto start = Clock::now();
    for (int i = 0; i < repeats; ++i) call();
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    if (elapsed.count() / repeats < best) best = elapsed.count() / repeats;
  }
  return best;
}

void product(const mgt::KernelTable& table, mgt::WeightFormat format, const char* op, std::uint32_t rows,
             std::uint32_t cols, std::size_t n_tokens, unsigned active_percent = 100) {
  auto* weights = buffer<std::int8_t>(std::size_t{rows} * cols);
  auto* values = buffer<std::uint8_t>(n_tokens * cols);
  auto* scales = buffer<float>(rows);
  auto* row_sums = buffer<std::int32_t>(rows);
  auto* token_scales = buffer<float>(n_tokens);
  auto* zero_points = buffer<std::int32_t>(n_tokens);
  auto* out = buffer<float>(n_tokens * rows);
  for (std::size_t i = 0; i < std::size_t{rows} * cols; ++i)
    weights[i] = static_cast<std::int8_t>(std::rand() % 255 - 127);
  for (std::size_t i = 0; i < n_tokens * cols; ++i) {
    const bool active = static_cast<unsigned>(std::rand()) % 100 < active_percent;
    values[i] = active ? static_cast<std::uint8_t>(std::rand() % 127 + 1) : std::uint8_t{0};
  }
  for (std::size_t i = 0; i < rows; ++i) scales[i] = 0.01f, row_sums[i] = 1;
  for (std::size_t i = 0; i < n_tokens; ++i) token_scales[i] = 0.01f, zero_points[i] = active_percent < 100 ? 0 : 63;
  const mgt::PackedMatrix w = {weights, scales, row_sums, rows, cols, format};
  const mgt::QuantizedRows a = {values, token_scales, zero_points, cols, n_tokens};
  const double macs = static_cast<double>(rows) * cols * static_cast<double>(n_tokens);
  const double seconds = best_seconds(macs / 2e10, [&] { table.gemm(w, a, mgt::Epilogue::store, out, rows); });
  std::printf("%s%s/%s/%ux%ux%zu/%u%%  %.1f GMAC/s\n", op, format == mgt::WeightFormat::int4 ? "_i4" : "", table.name,
              rows, cols, n_tokens, active_percent, macs / seconds * 1e-9);
}

}  // namespace

int main() {
  const mgt::KernelTable& table = mgt::kernels();
  for (const mgt::WeightFormat format : {mgt::WeightFormat::int8, mgt::WeightFormat::int4}) {
    product(table, format, "gemv", 768, 256, 1);
    product(table, format, "gemv", 1024, 256, 1);
    product(table, format, "gemv", 256, 1024, 1);
    product(table, format, "gemv", 128, 512, 1);
    product(table, format, "gemv_sparse", 256, 1024, 1, 8);
    product(table, format, "gemm", 768, 256, 4);
    product(table, format, "gemm", 1024, 256, 64);
    product(table, format, "gemm", 256, 1024, 64);
  }
}

#endif
