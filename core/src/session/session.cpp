#include "mgt/session.hpp"

#include <new>

#include "gate/deadline.hpp"
#include "gate/policies.hpp"
#include "session/state.hpp"

namespace mgt {
namespace {

constexpr std::uint64_t kMostSessionBytes = std::uint64_t{1} << 30;

/// Everything create() needs to know before it allocates.
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
    return fail(Errc::limit_exceeded, "the session's caches need %llu bytes, at most %llu are allowed",
                static_cast<unsigned long long>(large), static_cast<unsigned long long>(kMostSessionBytes));
  }
  layout.skip_table = static_cast<std::size_t>(skip_table);
  layout.plan = plan_of(layout, model, options);
  return layout;
}

}  // namespace

Expected<SessionPlan> Session::plan(const Model& model, const SessionOptions& options) noexcept {
  auto layout = lay_out(model.data(), options);
  if (!layout) return std::unexpected(layout.error());
  layout->plan.total_bytes = block_bytes(layout->plan.total_bytes) + sizeof(State);
  return layout->plan;
}

Expected<Session> Session::create(const Model& model, const SessionOptions& options) noexcept {
  const detail::ModelData& data = model.data();
  const auto prepared = lay_out(data, options);
  if (!prepared) return std::unexpected(prepared.error());
  const Layout& layout = *prepared;
  Session session(new (std::nothrow) State(model, options, layout.policy));
  if (!session.state_) return fail(Errc::out_of_memory, "session state: %zu bytes refused", sizeof(State));
  State& s = *session.state_;
  s.deadline_tier = layout.deadline_tier;
  s.window = layout.window;
  s.window_tokens = layout.window_tokens;
  s.block = allocate_block(layout.plan.total_bytes);
  if (!s.block) {
    return fail(Errc::out_of_memory, "session buffers: %zu bytes refused", layout.plan.total_bytes);
  }

  Carver carver({s.block.get(), layout.plan.total_bytes});
  float* skip_table = nullptr;
  const auto cache_storage = carver.bytes(cache::LayerCache::plan_bytes(layout.stream));
  if (layout.skip_table > 0) skip_table = reinterpret_cast<float*>(carver.bytes(layout.skip_table).data());
  s.cache = cache::LayerCache(cache_storage, layout.stream, skip_table);
  s.window_cache =
      cache::LayerCache(carver.bytes(cache::LayerCache::plan_bytes(layout.window_mode)), layout.window_mode, nullptr);
  s.runner = decode::LayerRunner(data, carver.bytes(decode::LayerRunner::plan_bytes(data.config)));
  s.answer.bind(carver.array<float>(3 * kVocabSize));
  s.window_answer.bind(carver.array<float>(3 * kVocabSize));
  s.batch_logits = carver.array<float>(decode::kMaxBatch * kVocabSize);
  s.batch_signatures = carver.array<std::uint64_t>(decode::kMaxBatch * graph::signature_words(data.config.hidden));
  s.spike.emplace(carver.bytes(spike::LifSpike::plan_bytes({})), spike::SpikeOptions{});
  if (layout.policy.energy_max > 0.0f) {
    s.energy = gate::EnergyGate(*data.energy, layout.policy.energy_max, layout.policy.energy_hysteresis);
  }
  if (options.coherence) s.coherence.emplace(data, carver.bytes(graph::Coherence::plan_bytes(data)));
  if (options.memory) {
    s.memory.emplace(carver.bytes(memory::StreamMemory::plan_bytes(layout.memory)), layout.memory);
    s.mixer.emplace(carver.bytes(memory::Mixer::plan_bytes(layout.mixer)), layout.mixer);
  }
  if (layout.replay.positions > 0) {
    s.store.emplace(carver.bytes(replay::Store::plan_bytes(layout.replay)), layout.replay);
  }
  s.runner.use_tables(carver.array<float>(decode::LayerRunner::byte_table_floats(data.config)), skip_table);
  s.begin();
  return session;
}

Session::Session(State* state) noexcept : state_(state) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;
void Session::Deleter::operator()(State* state) const noexcept {
  delete state;
}

void Session::reset() noexcept {
  state_->reset();
}
SpikePacket Session::spike() const noexcept {
  const State& s = *state_;
  const spike::SpikeReading& reading = s.spike->reading();
  SpikePacket packet;
  packet.fired = reading.fired;
  packet.rate_q15 = reading.rate_q15;
  packet.novelty_q15 = reading.novelty_q15;
  if (!s.memory) return packet;
  const memory::Recurrences found = s.memory->recurrences();
  static_assert(memory::Recurrences::kMost == std::tuple_size_v<decltype(packet.top_idx)>);
  constexpr std::uint32_t kPerByte = 32768 / memory::Recurrences::kMostLength;
  packet.top_len = static_cast<std::uint8_t>(found.size);
  for (std::uint32_t i = 0; i < found.size; ++i) {
    packet.top_idx[i] = found.offsets[i];
    packet.top_w_q15[i] = static_cast<std::uint16_t>(std::min(found.lengths[i] * kPerByte, 32767u));
  }
  return packet;
}

const SessionStats& Session::stats() const noexcept {
  return state_->stats;
}
const Model& Session::model() const noexcept {
  return state_->model;
}
const GatePolicy& Session::policy() const noexcept {
  return state_->policy;
}
PolicyKind Session::policy_kind() const noexcept {
  return state_->options.policy;
}
KvMode Session::kv_mode() const noexcept {
  return state_->policy.kv;
}
std::uint32_t Session::window() const noexcept {
  return state_->window;
}
std::uint32_t Session::replay_positions() const noexcept {
  return state_->store ? state_->store->positions() : 0;
}
std::uint64_t Session::window_macs() const noexcept {
  return state_->window_macs;
}
Tier Session::deadline_tier() const noexcept {
  return state_->deadline_tier;
}

void Session::State::reset() noexcept {
  cache.reset();
  window_cache.reset();
  if (store) store->reset();
  spike->reset();
  if (coherence) coherence->reset();
  kill_switch = {};
  memory_potential = {};
  if (memory) {
    memory->reset();
    mixer->reset();
  }
  begin();
}

void Session::State::begin() noexcept {
  answer.clear();
  window_answer.clear();
  window_macs = 0;
  prediction.clear();
  std::fill_n(signature, std::size(signature), 0);
  ahead.clear();
  witness = {};
  window_witness = {};
  // The chain starts at the model, so that a trace cannot be passed off as another model's.
  witness.hash = model.hash();
  window_witness.hash = model.hash();
  stats = {};
  window_steps = 0;
}

}  // namespace mgt
