// A caller who passes anything: options, packets, tiers and tokens of any value, in any order of calls. What must hold
// all the same: bad input is refused and changes nothing, a good answer is a distribution, the witness chain is
// unbroken.
#include <fuzzer/FuzzedDataProvider.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "mgt/generate.hpp"
#include "mgt/session.hpp"
#include "small_model.hpp"

namespace {

using namespace mgt;
using fuzz::require;
using Input = FuzzedDataProvider;

constexpr std::size_t kMaxInput = 4096;

GatePolicy any_policy(Input& in) {
  GatePolicy p;
  p.lambda_min = in.ConsumeIntegral<std::uint32_t>();
  p.drop_ratio_q15_max = in.ConsumeIntegral<std::uint16_t>();
  p.boundary_edges_max = in.ConsumeIntegral<std::uint16_t>();
  p.boundary_concentration_q15_max = in.ConsumeIntegral<std::uint16_t>();
  p.partitions_max = in.ConsumeIntegral<std::uint16_t>();
  p.spike_rate_q15_max = in.ConsumeIntegral<std::uint16_t>();
  p.spike_novelty_q15_min = in.ConsumeIntegral<std::uint16_t>();
  if (in.ConsumeBool()) p.spike_fire_nats = in.ConsumeFloatingPoint<float>();
  p.allow_kv_write_when_unstable = in.ConsumeBool();
  p.allow_external_write_when_unstable = in.ConsumeBool();
  p.kv = static_cast<KvMode>(in.ConsumeIntegralInRange(0, 2));
  p.memory_confidence = in.ConsumeBool() ? in.ConsumeProbability<float>() : in.ConsumeFloatingPoint<float>();
  p.exit_confidence = in.ConsumeBool() ? in.ConsumeProbability<float>() : in.ConsumeFloatingPoint<float>();
  p.energy_max = in.ConsumeBool() ? in.ConsumeProbability<float>() : in.ConsumeFloatingPoint<float>();
  p.energy_hysteresis = in.ConsumeBool() ? 0.0f : in.ConsumeFloatingPoint<float>();
  p.lossless_replay = in.ConsumeBool();
  return p;
}

SessionOptions any_options(Input& in) {
  SessionOptions o;
  o.policy = static_cast<PolicyKind>(in.ConsumeIntegralInRange(0, 6));
  if (o.policy == PolicyKind::custom) o.custom = any_policy(in);
  if (in.ConsumeBool()) o.kv = static_cast<KvMode>(in.ConsumeIntegralInRange(0, 2));
  if (in.ConsumeBool()) o.tier = static_cast<Tier>(in.ConsumeIntegralInRange(0, 4));
  o.window = in.ConsumeIntegralInRange<std::uint32_t>(0, 9);
  o.memory = in.ConsumeBool();
  o.memory_bytes =
      in.ConsumeIntegralInRange(0, 15) == 0 ? in.ConsumeIntegralInRange<std::uint32_t>(0, 1u << 20) : 1u << 18;
  o.coherence = in.ConsumeBool();
  if (in.ConsumeBool()) {
    o.deadline_us = in.ConsumeFloatingPoint<float>();
    for (float& us : o.step_bound_us) us = in.ConsumeFloatingPoint<float>();
  }
  return o;
}

GatePacket any_gate_packet(Input& in) {
  GatePacket p;
  p.lambda = in.ConsumeIntegral<std::uint32_t>();
  p.lambda_prev = in.ConsumeIntegral<std::uint32_t>();
  p.boundary_edges = in.ConsumeIntegral<std::uint16_t>();
  p.boundary_concentration_q15 = in.ConsumeIntegral<std::uint16_t>();
  p.partition_count = in.ConsumeIntegral<std::uint16_t>();
  p.flags = in.ConsumeIntegral<std::uint16_t>();
  return p;
}

SpikePacket any_spike_packet(Input& in) {
  SpikePacket p;
  p.fired = in.ConsumeIntegral<std::uint8_t>();
  p.top_len = in.ConsumeIntegral<std::uint8_t>();
  p.rate_q15 = in.ConsumeIntegral<std::uint16_t>();
  p.novelty_q15 = in.ConsumeIntegral<std::uint16_t>();
  for (auto& index : p.top_idx) index = in.ConsumeIntegral<std::uint16_t>();
  for (auto& weight : p.top_w_q15) weight = in.ConsumeIntegral<std::uint16_t>();
  return p;
}

/// One session and what is known about it from outside.
class Caller {
 public:
  explicit Caller(Session session) : session_(std::move(session)) {}

  void call(Input& in) {
    switch (in.ConsumeIntegralInRange(0, 9)) {
      case 0: {
        const auto bytes = in.ConsumeBytes<std::uint8_t>(in.ConsumeIntegralInRange<std::size_t>(0, 70));
        return prefill(bytes);
      }
      case 1: {
        const auto bytes = in.ConsumeBytes<std::uint8_t>(in.ConsumeIntegralInRange<std::size_t>(0, 20));
        return infer(bytes, static_cast<Tier>(in.ConsumeIntegralInRange(0, 4)));
      }
      case 2:
        session_.reset();
        hash_.reset();
        return require(session_.stats().tokens == 0);
      case 3:
        return generate_some(in);
      default:
        return step(in);
    }
  }

 private:
  void step(Input& in) {
    StepInput input;
    input.token = in.ConsumeIntegralInRange(0, 31) == 0 ? in.ConsumeIntegral<std::uint32_t>()
                                                        : in.ConsumeIntegral<std::uint8_t>();
    if (in.ConsumeIntegralInRange(0, 3) == 0) input.tier = static_cast<Tier>(in.ConsumeIntegralInRange(0, 4));
    std::optional<GatePacket> gate;
    std::optional<SpikePacket> spike;
    if (in.ConsumeIntegralInRange(0, 7) == 0) gate = any_gate_packet(in);
    if (in.ConsumeIntegralInRange(0, 7) == 0) spike = any_spike_packet(in);
    input.gate = gate ? &*gate : nullptr;
    input.spike = spike ? &*spike : nullptr;
    const SessionStats before = session_.stats();
    const auto view = session_.step(input);
    const bool bad = input.token >= kVocabSize || (input.tier && *input.tier > Tier::skip) ||
                     (spike && spike->top_len > spike->top_idx.size());
    require(view.has_value() != bad);
    if (!view) return check_unchanged(before);
    check_answer(*view);
    check_witness(*view->witness);
    require(view->witness->token == input.token);
    require(session_.stats().tokens == before.tokens + 1);
  }

  void prefill(std::span<const std::uint8_t> tokens) {
    const SessionStats before = session_.stats();
    const auto view = session_.prefill(tokens);
    require(view.has_value() != tokens.empty());
    if (!view) return check_unchanged(before);
    check_answer(*view);
    hash_ = view->witness->hash;  // the records between are not shown
    require(session_.stats().tokens == before.tokens + tokens.size());
  }

  /// Window mode leaves the stream alone, whatever comes of it.
  void infer(std::span<const std::uint8_t> tokens, Tier tier) {
    const SessionStats before = session_.stats();
    const auto view = session_.infer(tokens, tier);
    if (view) check_answer(*view);
    check_unchanged(before);
  }

  void generate_some(Input& in) {
    GenerateOptions options;
    options.temperature = in.ConsumeBool() ? 0.0f : in.ConsumeFloatingPoint<float>();
    options.seed = in.ConsumeIntegral<std::uint64_t>();
    const auto prompt = in.ConsumeBytes<std::uint8_t>(in.ConsumeIntegralInRange<std::size_t>(0, 8));
    std::uint8_t text[8];
    if (generate(session_, prompt, options, std::span(text).first(in.ConsumeIntegralInRange<std::size_t>(0, 8)))) {
      hash_.reset();  // the chain goes on, unseen
    }
  }

  void check_unchanged(const SessionStats& before) {
    const SessionStats& now = session_.stats();
    require(now.tokens == before.tokens && now.logits_hash == before.logits_hash &&
            now.layers_run == before.layers_run);
  }

  static void check_answer(const StepView& view) {
    require(view.logits().size() == kVocabSize && view.probabilities.size() == kVocabSize);
    double sum = 0;
    for (std::size_t i = 0; i < kVocabSize; ++i) {
      require(std::isfinite(view.logits()[i]) && view.probabilities[i] > 0.0f);
      sum += static_cast<double>(view.probabilities[i]);
    }
    require(std::fabs(sum - 1.0) < 1e-3);
    require(view.witness->top_token < kVocabSize);
    require(view.witness->top_probability == view.probabilities[view.witness->top_token]);
  }

  void check_witness(const Witness& w) {
    require(w.tier <= Tier::skip && w.decision <= GateDecision::QuarantineUpdates &&
            w.reason <= GateReason::KillSwitch);
    require(w.hash == seal(w));
    require(!hash_ || w.previous_hash == *hash_);
    hash_ = w.hash;
  }

  Session session_;
  std::optional<std::uint64_t> hash_;  ///< of the last record seen
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMaxInput) return 0;
  static const Model model = fuzz::small_model();
  Input in(data, size);
  const SessionOptions options = any_options(in);
  const auto plan = Session::plan(model, options);
  auto session = Session::create(model, options);
  require(plan.has_value() == session.has_value());
  if (!session) {
    require(plan.error().code() == session.error().code());
    return 0;
  }
  Caller caller(*std::move(session));
  while (in.remaining_bytes() > 0) caller.call(in);
  return 0;
}
