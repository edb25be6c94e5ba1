// A layer runner and a cache of its own, without a session around them.
#pragma once

#include "cache/layer_cache.hpp"
#include "decode/layer_runner.hpp"
#include "mgt/model.hpp"
#include "storage.hpp"

namespace mgt::decode {

class RunnerBench {
 public:
  /// capacity  positions that the cache keeps
  RunnerBench(const Model& model, std::uint32_t capacity) : model_(model) {
    const ModelConfig& c = model.config();
    const cache::CacheShape shape{c.n_layers, c.hidden, c.kv_dim(), capacity};
    const std::size_t table = aligned_size(LayerRunner::byte_table_floats(c) * sizeof(float));
    const std::size_t rows = aligned_size(LayerCache::plan_bytes(shape));
    block_ = allocate_block(rows + table + LayerRunner::plan_bytes(c));
    cache = LayerCache({block_.get(), rows}, shape, nullptr);
    runner = LayerRunner(model.data(), {block_.get() + rows + table, LayerRunner::plan_bytes(c)});
    runner.use_tables(reinterpret_cast<float*>(block_.get() + rows), nullptr);
  }

  const ModelConfig& config() const { return model_.config(); }
  Context context() { return {cache, config().window}; }

  LayerCache cache;
  LayerRunner runner;

 private:
  Model model_;
  Block block_;
};

}  // namespace mgt::decode
