// The integer matrix product: one token (gemv), behind a ReLU (gemv_sparse) and many tokens (gemm).
#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::bench;

namespace {

struct Shape {
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
  std::size_t n_tokens = 1;
  int active_percent = 100;
  std::size_t n_matrices = 1;  ///< of one shape, used in turn: 1 stays in the caches near the core, many do not
  WeightFormat format = WeightFormat::int8;

  std::size_t matrix_bytes() const { return std::size_t{rows} * cols / (format == WeightFormat::int4 ? 2 : 1); }
  std::string name() const {
    std::string text = std::to_string(rows) + "x" + std::to_string(cols);
    if (n_tokens > 1) text += "x" + std::to_string(n_tokens);
    if (active_percent < 100) text += "/" + std::to_string(active_percent) + "%";
    if (n_matrices > 1) text += "/of" + std::to_string(n_matrices);
    if (format == WeightFormat::int4) text += "/int4";
    return text;
  }
};

class Product {
 public:
  explicit Product(const Shape& shape)
      : shape_(shape),
        weights_(shape.n_matrices * shape.matrix_bytes()),
        scales_(normal_floats(shape.rows)),
        row_sums_(shape.rows),
        values_(shape.n_tokens * shape.cols),
        token_scales_(normal_floats(shape.n_tokens)),
        zero_points_(shape.n_tokens),
        out_(shape.n_tokens * shape.rows) {
    std::mt19937 random(3);
    for (std::size_t i = 0; i < weights_.size; ++i) {
      weights_.data.get()[i] = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
    }
    for (std::size_t i = 0; i < values_.size; ++i) {
      const bool active = static_cast<int>(random() % 100) < shape.active_percent;
      values_.data.get()[i] = active ? static_cast<std::uint8_t>(random() % 127 + 1) : std::uint8_t{0};
    }
    if (shape.active_percent == 100) std::fill_n(zero_points_.data.get(), shape.n_tokens, 63);
  }

  double macs() const { return static_cast<double>(shape_.rows) * shape_.cols * static_cast<double>(shape_.n_tokens); }

  void run(const KernelTable& table) {
    next_ = (next_ + 1) % shape_.n_matrices;
    const PackedMatrix w = {weights_.data.get() + next_ * shape_.matrix_bytes(),
                            scales_.data.get(),
                            row_sums_.data.get(),
                            shape_.rows,
                            shape_.cols,
                            shape_.format};
    const QuantizedRows a = {values_.data.get(), token_scales_.data.get(), zero_points_.data.get(), shape_.cols,
                             shape_.n_tokens};
    table.gemm(w, a, Epilogue::store, out_.data.get(), shape_.rows);
  }

 private:
  Shape shape_;
  std::size_t next_ = 0;
  Buffer<std::int8_t> weights_;
  Buffer<float> scales_;
  Buffer<std::int32_t> row_sums_;
  Buffer<std::uint8_t> values_;
  Buffer<float> token_scales_;
  Buffer<std::int32_t> zero_points_;
  Buffer<float> out_;
};

void add(const char* op, const Shape& shape) {
  register_all(op, shape.name(), [=](benchmark::State& state, const KernelTable& table, const std::string& name) {
    Product product(shape);
    measure(state, table, name, "GMAC/s", product.macs(), [&] { product.run(table); });
  });
}

[[maybe_unused]] const bool registered = [] {
  add("gemv", {.rows = 768, .cols = 256});
  add("gemv", {.rows = 256, .cols = 256});
  add("gemv", {.rows = 1024, .cols = 256});
  add("gemv", {.rows = 1024, .cols = 256, .format = WeightFormat::int4});
  add("gemv", {.rows = 256, .cols = 1024});
  add("gemv", {.rows = 512, .cols = 128});
  add("gemv", {.rows = 128, .cols = 512});
  add("gemv", {.rows = 1024, .cols = 256, .n_matrices = 4});   // 1 MiB: in L2
  add("gemv", {.rows = 1024, .cols = 256, .n_matrices = 32});  // 8 MiB: beyond L2
  add("gemv_sparse", {.rows = 256, .cols = 1024, .active_percent = 8});
  add("gemv_sparse", {.rows = 256, .cols = 1024, .active_percent = 30});
  add("gemm", {.rows = 768, .cols = 256, .n_tokens = 4});
  add("gemm", {.rows = 768, .cols = 256, .n_tokens = 64});
  add("gemm", {.rows = 1024, .cols = 256, .n_tokens = 64});
  add("gemm", {.rows = 1024, .cols = 256, .n_tokens = 64, .format = WeightFormat::int4});
  add("gemm", {.rows = 256, .cols = 1024, .n_tokens = 64});
  add("gemm", {.rows = 512, .cols = 128, .n_tokens = 32});
  return true;
}();

}  // namespace
