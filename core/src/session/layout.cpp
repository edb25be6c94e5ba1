#include "session/layout.hpp"

#include <algorithm>

#include "gate/deadline.hpp"
#include "gate/policies.hpp"
#include "session/state.hpp"
#include "storage.hpp"

namespace mgt {
namespace {

constexpr std::uint64_t kMostSessionBytes = std::uint64_t{1} << 30;

Expected<std::uint32_t> resolve_window(const ModelConfig& config, std::uint32_t asked) noexcept {
  const std::uint32_t window = asked == 0 ? config.window : asked;
  if (window < config.window_min || window > config.window_max) {
    return fail(Errc::window_out_of_range, "window is %u tokens, the model was trained for %u to %u", window,
                config.window_min, config.window_max);
  }
  return window;
}

Expected<void> check_options(const SessionOptions& options) noexcept {
  constexpr std::uint32_t kLeast = 1u << 18;
  constexpr std::uint32_t kMost = 1u << 26;
  if (options.memory && (options.memory_bytes < kLeast || options.memory_bytes > kMost)) {
    return fail(Errc::option_out_of_range, "memory_bytes is %u, allowed are %u to %u", options.memory_bytes, kLeast,
                kMost);
  }
  if (options.window_tokens > kMostWindowTokens) {
    return fail(Errc::option_out_of_range, "window_tokens is %u, allowed are 0 to %u", options.window_tokens,
                kMostWindowTokens);
  }
  if (!(options.window_capacity > 0.0f && options.window_capacity <= 1.0f)) {
    return fail(Errc::option_out_of_range, "window_capacity is %g, allowed are values above 0 up to 1",
                static_cast<double>(options.window_capacity));
  }
  if (options.tier && *options.tier > Tier::skip) {
    return fail(Errc::option_out_of_range, "tier is %u, known are 0 to 3", static_cast<unsigned>(*options.tier));
  }
  return {};
}

/// Positions of replay history. A state in propagate mode depends on what was skipped before: replay needs exact KV.
Expected<std::uint32_t> resolve_replay(const GatePolicy& policy, const SessionOptions& options) noexcept {
  const std::uint32_t positions = options.replay.value_or(policy.lossless_replay ? kDefaultReplay : 0);
  if (positions == 0) return 0;
  if (positions < replay::kLeastPositions || positions > replay::kMostPositions) {
    return fail(Errc::option_out_of_range, "replay is %u positions, allowed are 0 and %u to %u", positions,
                replay::kLeastPositions, replay::kMostPositions);
  }
  if (policy.kv != KvMode::exact) {
    return fail(Errc::option_out_of_range, "replay is %u positions, kv mode propagate allows 0: it needs exact",
                positions);
  }
  return positions;
}

/// Counted in 64 bits: a hostile shape must not wrap a 32-bit size.
std::uint64_t cache_bytes(const cache::CacheShape& shape) noexcept {
  const std::uint64_t row_floats =
      std::uint64_t{shape.states_kept()} * shape.hidden + std::uint64_t{2} * shape.n_layers * shape.kv_dim;
  return shape.capacity * row_floats * sizeof(float);
}

SessionPlan plan_of(const Layout& layout, const detail::ModelData& model, const SessionOptions& options) noexcept {
  SessionPlan plan;
  plan.kv_cache_bytes = aligned_size(cache::LayerCache::plan_bytes(layout.stream));
  plan.skip_table_bytes = aligned_size(layout.skip_table);
  plan.byte_table_bytes = aligned_size(decode::LayerRunner::byte_table_floats(model.config) * sizeof(float));
  plan.window_cache_bytes = aligned_size(cache::LayerCache::plan_bytes(layout.window_mode));
  plan.scratch_bytes =
      aligned_size(decode::LayerRunner::plan_bytes(model.config)) + 2 * aligned_size(Answer::plan_bytes()) +
      aligned_size(decode::kMaxBatch * kVocabSize * sizeof(float)) +
      aligned_size(decode::kMaxBatch * graph::signature_words(model.config.hidden) * sizeof(std::uint64_t));
  plan.gate_bytes = aligned_size(spike::LifSpike::plan_bytes({}));
  if (options.coherence) plan.gate_bytes += aligned_size(graph::Coherence::plan_bytes(model));
  if (options.memory) {
    plan.memory_bytes = aligned_size(memory::StreamMemory::plan_bytes(layout.memory)) +
                        aligned_size(memory::Mixer::plan_bytes(layout.mixer));
  }
  if (layout.replay.positions > 0) {
    plan.replay_bytes = aligned_size(replay::Store::plan_bytes(layout.replay));
  }
  plan.total_bytes = plan.kv_cache_bytes + plan.skip_table_bytes + plan.byte_table_bytes + plan.window_cache_bytes +
                     plan.scratch_bytes + plan.memory_bytes + plan.gate_bytes + plan.replay_bytes;
  return plan;
}

}  // namespace

Expected<Layout> lay_out(const detail::ModelData& model, const SessionOptions& options) noexcept {
  if (auto checked = check_options(options); !checked) return std::unexpected(checked.error());
  const auto policy = gate::resolve_policy(model, options);
  if (!policy) return std::unexpected(policy.error());
  const auto deadline_tier = gate::resolve_deadline(options);
  if (!deadline_tier) return std::unexpected(deadline_tier.error());
  const auto window = resolve_window(model.config, options.window);
  if (!window) return std::unexpected(window.error());

  const auto replay = resolve_replay(*policy, options);
  if (!replay) return std::unexpected(replay.error());

  const ModelConfig& c = model.config;
  const bool propagates = policy->kv == KvMode::propagate;
  const std::uint32_t reach = propagates ? *window - 1 : c.n_layers * (*window - 1);
  Layout layout;
  layout.policy = *policy;
  layout.deadline_tier = *deadline_tier;
  layout.window = *window;
  layout.stream = {c.n_layers, c.hidden, c.kv_dim(), reach + static_cast<std::uint32_t>(decode::kMaxBatch),
                   *replay > 0};
  layout.window_tokens = options.window_tokens == 0 ? c.context_length : options.window_tokens;
  layout.window_mode = {c.n_layers, c.hidden, c.kv_dim(),
                        std::min(layout.window_tokens, c.receptive_field(c.n_layers, *window))};
  layout.mixer.n_exits = c.n_layers;
  layout.memory.memory_bytes = options.memory_bytes;
  // Without a memory its size was not checked, and no history would ever fit.
  while (options.memory && !memory::StreamMemory::valid(layout.memory)) layout.memory.history_bytes /= 2;

  layout.replay.positions = *replay;
  layout.replay.n_layers = c.n_layers;
  layout.replay.hidden = c.hidden;
  layout.replay.signature_words = graph::signature_words(c.hidden);
  layout.replay.window = *window;
  layout.replay.recent = layout.stream.capacity;
  layout.replay.ahead = static_cast<std::uint32_t>(decode::kMaxBatch);

  const std::uint64_t skip_table =
      propagates ? std::uint64_t{c.n_layers} * kVocabSize * 2 * c.kv_dim() * sizeof(float) : 0;
  const std::uint64_t large = cache_bytes(layout.stream) + cache_bytes(layout.window_mode) + skip_table +
                              (*replay > 0 ? replay::Store::bound_bytes(layout.replay) : 0);
  if (large > kMostSessionBytes) {
    return fail(Errc::option_out_of_range,
                "replay is %u positions and window_tokens %u: they need %llu bytes, at most %llu are allowed", *replay,
                layout.window_tokens, static_cast<unsigned long long>(large),
                static_cast<unsigned long long>(kMostSessionBytes));
  }
  layout.skip_table = static_cast<std::size_t>(skip_table);
  layout.plan = plan_of(layout, model, options);
  return layout;
}

}  // namespace mgt
