// What a session will hold: its options checked and resolved against a model, and the size of every part.
#pragma once

#include "cache/layer_cache.hpp"
#include "memory/mixer.hpp"
#include "memory/stream_memory.hpp"
#include "mgt/session.hpp"
#include "model/data.hpp"
#include "replay/store.hpp"

namespace mgt {

/// Everything Session::create() needs to know before it allocates.
struct Layout {
  GatePolicy policy;
  Tier deadline_tier = Tier::full;
  std::uint32_t window = 0;
  std::uint32_t window_tokens = 0;
  cache::CacheShape stream;
  cache::CacheShape window_mode;
  memory::MemoryOptions memory;
  memory::MixerOptions mixer;
  replay::StoreShape replay;  ///< positions is 0 without replay
  std::size_t skip_table = 0;
  SessionPlan plan;
};

/// Errors: as Session::plan().
Expected<Layout> lay_out(const detail::ModelData& model, const SessionOptions& options) noexcept;

}  // namespace mgt
