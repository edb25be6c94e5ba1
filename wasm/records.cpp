#include "records.hpp"

namespace mgt::wasm {

OptionsRecord OptionsRecord::from(const SessionOptions& o) noexcept {
  return {.policy = static_cast<int>(o.policy),
          .kv = o.kv ? static_cast<int>(*o.kv) : -1,
          .tier = o.tier ? static_cast<int>(*o.tier) : -1,
          .window = o.window,
          .window_capacity = o.window_capacity,
          .memory = o.memory,
          .memory_bytes = o.memory_bytes,
          .replay = o.replay ? static_cast<double>(*o.replay) : -1,
          .coherence = o.coherence,
          .custom = o.custom};
}

SessionOptions OptionsRecord::options() const noexcept {
  SessionOptions o;
  o.policy = enum_of<PolicyKind>(policy);
  o.custom = custom;
  if (kv >= 0) o.kv = enum_of<KvMode>(kv);
  if (tier >= 0) o.tier = enum_of<Tier>(tier);
  o.window = window;
  o.window_capacity = window_capacity;
  o.memory = memory;
  o.memory_bytes = memory_bytes;
  if (replay >= 0) o.replay = static_cast<std::uint32_t>(replay);
  o.coherence = coherence;
  o.deadline_us = deadline_us;
  o.step_bound_us = {bound0_us, bound1_us, bound2_us, bound3_us};
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

GenerateStatsRecord GenerateStatsRecord::from(const GenerateStats& s) noexcept {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  return {number(s.tokens), number(s.rounds), number(s.drafted), number(s.accepted)};
}

}  // namespace mgt::wasm
