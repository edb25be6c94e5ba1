#include "mgt/session.hpp"

#include <new>

#include "session/layout.hpp"
#include "session/state.hpp"

namespace mgt {

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
  s.answer.bind(carver.bytes(Answer::plan_bytes()));
  s.window_answer.bind(carver.bytes(Answer::plan_bytes()));
  s.batch_logits = carver.array<float>(decode::kMaxBatch * kVocabSize);
  s.batch_signatures = carver.array<std::uint64_t>(decode::kMaxBatch * graph::signature_words(data.config.hidden));
  s.spike.emplace(carver.bytes(spike::LifSpike::plan_bytes({})), spike::SpikeOptions{layout.policy.spike_fire_nats});
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
