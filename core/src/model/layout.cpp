#include "model/layout.hpp"

namespace mgt::detail {
namespace {

/// Hands out consecutive aligned arrays of a block, or counts them where there is no block yet.
class Block {
 public:
  explicit Block(std::byte* base) noexcept : base_(base) {}

  template <class T>
  T* take(std::uint64_t count) noexcept {
    const std::uint64_t start = size_;
    size_ = (start + count * sizeof(T) + kStorageAlignment - 1) / kStorageAlignment * kStorageAlignment;
    return base_ == nullptr ? nullptr : reinterpret_cast<T*>(base_ + start);
  }

  /// Places `m`, whose format is set.
  void matrix(PackedMatrix& m, std::uint32_t rows, std::uint32_t cols) noexcept {
    const std::uint64_t elements = std::uint64_t{rows} * cols;
    m.weights = take<std::int8_t>(m.format == WeightFormat::int4 ? elements / 2 : elements);
    m.scales = take<float>(rows);
    m.row_sums = take<std::int32_t>(rows);
    m.rows = rows;
    m.cols = cols;
  }

  std::uint64_t size() const noexcept { return size_; }

 private:
  std::byte* base_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::uint64_t lay_out(ModelData& data, bool has_signature_mean, std::byte* base) noexcept {
  const ModelConfig& c = data.config;
  Block block(base);
  data.embedding = block.take<float>(std::uint64_t{kVocabSize} * c.hidden);
  data.rope_cos = block.take<float>(std::uint64_t{kMaxWindow} * c.head_dim / 2);
  data.rope_sin = block.take<float>(std::uint64_t{kMaxWindow} * c.head_dim / 2);
  for (std::uint32_t i = 0; i < c.n_layers; ++i) {
    LayerWeights& layer = data.layers[i];
    layer.attn_norm = block.take<float>(c.hidden);
    block.matrix(layer.qkv, c.qkv_width(), c.hidden);
    block.matrix(layer.attn_output, c.hidden, c.hidden);
    layer.ffn_norm = block.take<float>(c.hidden);
    block.matrix(layer.ffn_up, c.ffn, c.hidden);
    block.matrix(layer.ffn_down, c.hidden, c.ffn);
    layer.exit_norm = block.take<float>(c.hidden);
  }
  block.matrix(data.head, kVocabSize, c.hidden);
  data.signature_mean = has_signature_mean ? block.take<float>(c.hidden) : nullptr;
  return block.size();
}

}  // namespace mgt::detail
