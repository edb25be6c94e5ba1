#include "records.hpp"

#include <emscripten/bind.h>

#include "mgt/generate.hpp"

namespace mgt::wasm {

OptionsRecord OptionsRecord::from(const SessionOptions& o) noexcept {
  return {.policy = static_cast<int>(o.policy),
          .custom = o.custom,
          .kv = o.kv ? static_cast<int>(*o.kv) : -1,
          .tier = o.tier ? static_cast<int>(*o.tier) : -1,
          .window = o.window,
          .memory = o.memory,
          .memory_bytes = o.memory_bytes,
          .replay = o.replay ? static_cast<double>(*o.replay) : -1,
          .coherence = o.coherence};
}

SessionOptions OptionsRecord::options() const noexcept {
  SessionOptions o;
  o.policy = enum_of<PolicyKind>(policy);
  o.custom = custom;
  if (kv >= 0) o.kv = enum_of<KvMode>(kv);
  if (tier >= 0) o.tier = enum_of<Tier>(tier);
  o.window = window;
  o.memory = memory;
  o.memory_bytes = memory_bytes;
  if (replay >= 0) o.replay = static_cast<std::uint32_t>(replay);
  o.coherence = coherence;
  return o;
}

StatsRecord StatsRecord::from(const SessionStats& s) noexcept {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  return {.tokens = number(s.tokens),
          .tier0 = number(s.tiers[0]),
          .tier1 = number(s.tiers[1]),
          .tier2 = number(s.tiers[2]),
          .tier3 = number(s.tiers[3]),
          .layers_run = number(s.layers_run),
          .layers_caught_up = number(s.layers_caught_up),
          .layers_replayed = number(s.layers_replayed),
          .kv_projections = number(s.kv_projections),
          .macs = number(s.macs),
          .kv_bytes_read = number(s.kv_bytes_read),
          .kv_bytes_written = number(s.kv_bytes_written),
          .correct = number(s.correct),
          .nats = s.nats,
          .model_nats = s.model_nats,
          .model_tokens = number(s.model_tokens),
          .logits_hash = s.logits_hash};
}

namespace {

int kv_of(const GatePolicy& policy) {
  return static_cast<int>(policy.kv);
}
void set_kv(GatePolicy& policy, int kv) {
  policy.kv = enum_of<KvMode>(kv);
}

EMSCRIPTEN_BINDINGS(mgt_records) {
  using emscripten::value_object;
  value_object<GatePolicy>("GatePolicy")
      .field("lambdaMin", &GatePolicy::lambda_min)
      .field("dropRatioQ15Max", &GatePolicy::drop_ratio_q15_max)
      .field("boundaryEdgesMax", &GatePolicy::boundary_edges_max)
      .field("boundaryConcentrationQ15Max", &GatePolicy::boundary_concentration_q15_max)
      .field("partitionsMax", &GatePolicy::partitions_max)
      .field("spikeRateQ15Max", &GatePolicy::spike_rate_q15_max)
      .field("spikeNoveltyQ15Min", &GatePolicy::spike_novelty_q15_min)
      .field("allowKvWriteWhenUnstable", &GatePolicy::allow_kv_write_when_unstable)
      .field("allowExternalWriteWhenUnstable", &GatePolicy::allow_external_write_when_unstable)
      .field("kv", &kv_of, &set_kv)
      .field("memoryConfidence", &GatePolicy::memory_confidence)
      .field("exitConfidence", &GatePolicy::exit_confidence)
      .field("losslessReplay", &GatePolicy::lossless_replay);
  value_object<OptionsRecord>("SessionOptions")
      .field("policy", &OptionsRecord::policy)
      .field("custom", &OptionsRecord::custom)
      .field("kv", &OptionsRecord::kv)
      .field("tier", &OptionsRecord::tier)
      .field("window", &OptionsRecord::window)
      .field("memory", &OptionsRecord::memory)
      .field("memoryBytes", &OptionsRecord::memory_bytes)
      .field("replay", &OptionsRecord::replay)
      .field("coherence", &OptionsRecord::coherence);
  value_object<GenerateOptions>("GenerateOptions")
      .field("temperature", &GenerateOptions::temperature)
      .field("seed", &GenerateOptions::seed)
      .field("topK", &GenerateOptions::top_k)
      .field("topP", &GenerateOptions::top_p)
      .field("logprobs", &GenerateOptions::logprobs);
  value_object<SessionPlan>("SessionPlan")
      .field("kvCacheBytes", &SessionPlan::kv_cache_bytes)
      .field("skipTableBytes", &SessionPlan::skip_table_bytes)
      .field("windowCacheBytes", &SessionPlan::window_cache_bytes)
      .field("scratchBytes", &SessionPlan::scratch_bytes)
      .field("memoryBytes", &SessionPlan::memory_bytes)
      .field("gateBytes", &SessionPlan::gate_bytes)
      .field("replayBytes", &SessionPlan::replay_bytes)
      .field("totalBytes", &SessionPlan::total_bytes);
  value_object<StatsRecord>("SessionStats")
      .field("tokens", &StatsRecord::tokens)
      .field("tier0", &StatsRecord::tier0)
      .field("tier1", &StatsRecord::tier1)
      .field("tier2", &StatsRecord::tier2)
      .field("tier3", &StatsRecord::tier3)
      .field("layersRun", &StatsRecord::layers_run)
      .field("layersCaughtUp", &StatsRecord::layers_caught_up)
      .field("layersReplayed", &StatsRecord::layers_replayed)
      .field("kvProjections", &StatsRecord::kv_projections)
      .field("macs", &StatsRecord::macs)
      .field("kvBytesRead", &StatsRecord::kv_bytes_read)
      .field("kvBytesWritten", &StatsRecord::kv_bytes_written)
      .field("correct", &StatsRecord::correct)
      .field("nats", &StatsRecord::nats)
      .field("modelNats", &StatsRecord::model_nats)
      .field("modelTokens", &StatsRecord::model_tokens)
      .field("logitsHash", &StatsRecord::logits_hash);
  value_object<AddressRecord>("Addresses")
      .field("self", &AddressRecord::self)
      .field("result", &AddressRecord::result)
      .field("gate", &AddressRecord::gate)
      .field("spike", &AddressRecord::spike)
      .field("draw", &AddressRecord::draw)
      .field("input", &AddressRecord::input)
      .field("inputBytes", &AddressRecord::input_bytes);
  value_object<ModelConfig>("ModelConfig")
      .field("nLayers", &ModelConfig::n_layers)
      .field("hidden", &ModelConfig::hidden)
      .field("nHeads", &ModelConfig::n_heads)
      .field("nKvHeads", &ModelConfig::n_kv_heads)
      .field("headDim", &ModelConfig::head_dim)
      .field("ffn", &ModelConfig::ffn)
      .field("contextLength", &ModelConfig::context_length)
      .field("window", &ModelConfig::window)
      .field("windowMin", &ModelConfig::window_min)
      .field("windowMax", &ModelConfig::window_max)
      .field("rmsEps", &ModelConfig::rms_eps)
      .field("ropeTheta", &ModelConfig::rope_theta);
}

}  // namespace
}  // namespace mgt::wasm
