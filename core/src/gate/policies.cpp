#include "gate/policies.hpp"

#include "graph/sequence_cut.hpp"

namespace mgt::gate {
namespace {

/// Below z = -3 the present is of another kind than the past: the answer stands, but nobody should act on it.
constexpr std::uint32_t kIncoherentLambda = graph::kNeutralLambda - 3 * 4096;

/// Where a model carries no calibration: thresholds found on package-manager logs and Python source.
constexpr detail::StoredPolicy kFallback[3] = {{0.9995f, 0.999f}, {0.999f, 0.99f}, {0.99f, 0.95f}};

GatePolicy gated(const detail::ModelData& model, std::size_t index, KvMode kv) noexcept {
  const detail::StoredPolicy stored = model.policies[index].value_or(kFallback[index]);
  GatePolicy policy;
  policy.lambda_min = kIncoherentLambda;
  policy.kv = kv;
  policy.memory_confidence = stored.memory_confidence;
  policy.exit_confidence = stored.exit_confidence;
  return policy;
}

GatePolicy named_policy(const detail::ModelData& model, const SessionOptions& options) noexcept {
  switch (options.policy) {
    case PolicyKind::conservative:
      return gated(model, 0, KvMode::exact);
    case PolicyKind::standard:
      return gated(model, 1, KvMode::propagate);
    case PolicyKind::permissive:
      return gated(model, 2, KvMode::propagate);
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
  const auto confidence_ok = [](float value) { return value >= 0.0f && value <= 2.0f; };
  if (!confidence_ok(policy.memory_confidence)) {
    return fail(Errc::option_out_of_range, "memory_confidence is %g, allowed are 0 to 2",
                static_cast<double>(policy.memory_confidence));
  }
  if (!confidence_ok(policy.exit_confidence)) {
    return fail(Errc::option_out_of_range, "exit_confidence is %g, allowed are 0 to 2",
                static_cast<double>(policy.exit_confidence));
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
