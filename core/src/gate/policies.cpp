#include "gate/policies.hpp"

#include "memory/certainty.hpp"
#include "spike/leaky_sum.hpp"

namespace mgt::gate {
namespace {

/// Below z = -3 the present is of another kind than the past: the answer stands, but nobody should act on it.
constexpr std::uint32_t kIncoherentLambda = kNeutralLambda - 3 * 4096;

constexpr float kNever = 2.0f;

/// Where a model carries no calibration. Those of conservative are its promise, those of the others were found on
/// package-manager logs and Python source.
constexpr detail::StoredPolicy kFallback[3] = {{memory::kCertain, kNever}, {0.9999f, 0.99f}, {0.995f, 0.95f}};

/// The energy where the model has one and its signals are there, else two confidences.
GatePolicy gated(const detail::ModelData& model, std::size_t index, KvMode kv, bool with_memory) noexcept {
  const detail::StoredPolicy stored = model.policies[index].value_or(kFallback[index]);
  GatePolicy policy;
  policy.lambda_min = kIncoherentLambda;
  policy.kv = kv;
  if (with_memory && model.energy_max[index]) {
    policy.energy_max = *model.energy_max[index];
    return policy;
  }
  policy.memory_confidence = stored.memory_confidence;
  policy.exit_confidence = stored.exit_confidence;
  return policy;
}

/// Names a number outside of [0, most]; NaN is.
Expected<void> check_range(const char* name, float value, float most) noexcept {
  if (value >= 0.0f && value <= most) return {};
  return fail(Errc::option_out_of_range, "%s is %g, allowed are 0 to %g", name, static_cast<double>(value),
              static_cast<double>(most));
}

Expected<void> check_thresholds(const GatePolicy& policy, bool has_energy, bool with_memory) noexcept {
  struct Threshold {
    const char* name;
    float value, most;
  };
  for (const Threshold& t : {Threshold{"spike_fire_nats", policy.spike_fire_nats, spike::kMostNats},
                             {"memory_confidence", policy.memory_confidence, 2.0f},
                             {"exit_confidence", policy.exit_confidence, 2.0f},
                             {"energy_max", policy.energy_max, 1.0f},
                             {"energy_hysteresis", policy.energy_hysteresis, 16.0f}}) {
    if (auto ok = check_range(t.name, t.value, t.most); !ok) return ok;
  }
  if (policy.energy_max > 0.0f && !(has_energy && with_memory)) {
    return fail(Errc::option_out_of_range, "energy_max is %g, %s allows 0 only", static_cast<double>(policy.energy_max),
                with_memory ? "a model without mgt.energy.weights" : "a session without memory");
  }
  return {};
}

GatePolicy named_policy(const detail::ModelData& model, const SessionOptions& options) noexcept {
  switch (options.policy) {
    case PolicyKind::conservative: {
      GatePolicy policy = gated(model, 0, KvMode::exact, options.memory);
      policy.lossless_replay = true;
      return policy;
    }
    case PolicyKind::standard:
      return gated(model, 1, KvMode::propagate, options.memory);
    case PolicyKind::permissive:
      return gated(model, 2, KvMode::propagate, options.memory);
    case PolicyKind::custom:
      return options.custom;
    case PolicyKind::dense:
    case PolicyKind::exact:
      break;
  }
  GatePolicy policy;
  policy.lambda_min = kIncoherentLambda;
  policy.kv = KvMode::exact;
  policy.lossless_replay = options.policy == PolicyKind::exact;
  return policy;
}

}  // namespace

Expected<GatePolicy> resolve_policy(const detail::ModelData& model, const SessionOptions& options) noexcept {
  if (options.policy > PolicyKind::custom) {
    return fail(Errc::option_out_of_range, "policy is %u, known are 0 to %u", static_cast<unsigned>(options.policy),
                static_cast<unsigned>(PolicyKind::custom));
  }
  GatePolicy policy = named_policy(model, options);
  if (options.kv) policy.kv = *options.kv;
  if (auto ok = check_thresholds(policy, model.energy.has_value(), options.memory); !ok) {
    return std::unexpected(ok.error());
  }
  if (policy.kv > KvMode::propagate) {
    return fail(Errc::option_out_of_range, "kv mode is %u, known are 0 and 1", static_cast<unsigned>(policy.kv));
  }
  if (policy.lossless_replay && policy.kv == KvMode::propagate) {
    return fail(Errc::option_out_of_range, "kv mode is propagate, policy %s with lossless replay needs exact",
                name_of(options.policy));
  }
  return policy;
}

}  // namespace mgt::gate
