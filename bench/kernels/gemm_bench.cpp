// The integer matrix product: one token (gemv), behind a ReLU (gemv_sparse) and many tokens (gemm).
#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::bench;

namespace {

/// `n_matrices` matrices of one shape, used in turn: 1 stays in the caches near the core, many do not.
class Product {
 public:
  Product(std::uint32_t rows, std::uint32_t cols, std::size_t n_tokens, int active_percent, std::size_t n_matrices)
      : rows_(rows),
        cols_(cols),
        n_tokens_(n_tokens),
        n_matrices_(n_matrices),
        weights_(n_matrices * rows * cols),
        scales_(normal_floats(rows)),
        row_sums_(rows),
        values_(n_tokens * cols),
        token_scales_(normal_floats(n_tokens)),
        zero_points_(n_tokens),
        out_(n_tokens * rows) {
    std::mt19937 random(3);
    for (std::size_t i = 0; i < weights_.size; ++i) {
      weights_.data.get()[i] = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
    }
    for (std::size_t i = 0; i < values_.size; ++i) {
      const bool active = static_cast<int>(random() % 100) < active_percent;
      values_.data.get()[i] = active ? static_cast<std::uint8_t>(random() % 127 + 1) : std::uint8_t{0};
    }
    if (active_percent == 100) std::fill_n(zero_points_.data.get(), n_tokens, 63);
  }

  double macs() const { return static_cast<double>(rows_) * cols_ * static_cast<double>(n_tokens_); }

  void run(const KernelTable& table) {
    next_ = (next_ + 1) % n_matrices_;
    const PackedMatrix w = {weights_.data.get() + next_ * rows_ * cols_, scales_.data.get(), row_sums_.data.get(),
                            rows_, cols_};
    const QuantizedRows a = {values_.data.get(), token_scales_.data.get(), zero_points_.data.get(), cols_, n_tokens_};
    table.gemm_u7i8(w, a, Epilogue::store, out_.data.get(), rows_);
  }

 private:
  std::uint32_t rows_, cols_;
  std::size_t n_tokens_, n_matrices_, next_ = 0;
  Buffer<std::int8_t> weights_;
  Buffer<float> scales_;
  Buffer<std::int32_t> row_sums_;
  Buffer<std::uint8_t> values_;
  Buffer<float> token_scales_;
  Buffer<std::int32_t> zero_points_;
  Buffer<float> out_;
};

void add(const char* op, std::uint32_t rows, std::uint32_t cols, std::size_t n_tokens, int active_percent = 100,
         std::size_t n_matrices = 1) {
  std::string shape = std::to_string(rows) + "x" + std::to_string(cols);
  if (n_tokens > 1) shape += "x" + std::to_string(n_tokens);
  if (active_percent < 100) shape += "/" + std::to_string(active_percent) + "%";
  if (n_matrices > 1) shape += "/of" + std::to_string(n_matrices);
  register_all(op, shape, [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    Product product(rows, cols, n_tokens, active_percent, n_matrices);
    measure(state, table, name, "GMAC/s", product.macs(), [&] { product.run(table); });
  });
}

[[maybe_unused]] const bool registered = [] {
  add("gemv", 768, 256, 1);
  add("gemv", 256, 256, 1);
  add("gemv", 1024, 256, 1);
  add("gemv", 256, 1024, 1);
  add("gemv", 512, 128, 1);
  add("gemv", 128, 512, 1);
  add("gemv", 1024, 256, 1, 100, 4);   // 1 MiB: in L2
  add("gemv", 1024, 256, 1, 100, 32);  // 8 MiB: beyond L2
  add("gemv_sparse", 256, 1024, 1, 8);
  add("gemv_sparse", 256, 1024, 1, 30);
  add("gemm", 768, 256, 4);
  add("gemm", 768, 256, 64);
  add("gemm", 1024, 256, 64);
  add("gemm", 256, 1024, 64);
  add("gemm", 512, 128, 32);
  return true;
}();

}  // namespace
