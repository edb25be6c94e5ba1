#include "gate/rules.hpp"

#include <catch2/catch_test_macros.hpp>

namespace mgt::gate {
namespace {

GatePacket calm() {
  GatePacket packet;
  packet.lambda = 100;
  packet.lambda_prev = 100;
  return packet;
}

TEST_CASE("a neutral policy allows everything", "[gate]") {
  GatePacket wild;
  wild.lambda = 1;
  wild.lambda_prev = 1'000'000;
  wild.boundary_edges = 0xffff;
  wild.boundary_concentration_q15 = 0x7fff;
  wild.partition_count = 0xffff;
  SpikePacket storm;
  storm.rate_q15 = 0x7fff;
  CHECK(apply_rules({}, wild, storm).decision == GateDecision::Allow);
  wild.lambda = 0;
  CHECK(apply_rules({}, wild, storm).decision == GateDecision::Allow);
}

TEST_CASE("a fraction beyond 1 in a caller's packet counts as 1", "[gate]") {
  GatePacket packet = calm();
  SpikePacket spike;
  packet.boundary_concentration_q15 = spike.rate_q15 = 0xffff;
  const RuleOutcome neutral = apply_rules({}, packet, spike);
  CHECK(neutral.decision == GateDecision::Allow);
  CHECK(neutral.deepest == Tier::full);
  GatePolicy strict;
  strict.spike_rate_q15_max = 0x7ffe;
  CHECK(apply_rules(strict, packet, spike).reason == GateReason::SpikeStorm);
}

TEST_CASE("each rule has its decision and its reason", "[gate]") {
  GatePolicy policy;
  policy.lambda_min = 50;
  policy.drop_ratio_q15_max = 1 << 14;
  policy.boundary_edges_max = 10;
  policy.boundary_concentration_q15_max = 1000;
  policy.partitions_max = 2;
  policy.spike_rate_q15_max = 2000;
  const auto check = [&](auto edit, GateDecision decision, GateReason reason) {
    GatePacket gate = calm();
    SpikePacket spike;
    edit(gate, spike);
    const RuleOutcome outcome = apply_rules(policy, gate, spike);
    CHECK(outcome.decision == decision);
    CHECK(outcome.reason == reason);
  };
  using D = GateDecision;
  using R = GateReason;
  check([](auto&, auto&) {}, D::Allow, R::None);
  check([](auto& g, auto&) { g.lambda = 49, g.lambda_prev = 60; }, D::QuarantineUpdates, R::LambdaBelowMin);
  check([](auto& g, auto&) { g.lambda_prev = 201; }, D::FlushKv, R::LambdaDroppedFast);
  check([](auto& g, auto&) { g.lambda_prev = 199; }, D::Allow, R::None);
  check([](auto& g, auto&) { g.boundary_edges = 11; }, D::ReduceScope, R::BoundarySpike);
  check([](auto& g, auto&) { g.boundary_concentration_q15 = 1001; }, D::ReduceScope, R::BoundaryConcentrationSpike);
  check([](auto& g, auto&) { g.partition_count = 3; }, D::ReduceScope, R::PartitionDrift);
  check([](auto&, auto& s) { s.rate_q15 = 2001; }, D::FreezeWrites, R::SpikeStorm);
  check([](auto& g, auto&) { g.flags = GatePacket::kForceSafe; }, D::ReduceScope, R::ForcedByFlag);
}

TEST_CASE("the most severe decision wins", "[gate]") {
  GatePolicy policy;
  policy.lambda_min = 50;
  policy.partitions_max = 1;
  GatePacket gate = calm();
  gate.partition_count = 5;
  gate.lambda = 10;
  const RuleOutcome outcome = apply_rules(policy, gate, {});
  CHECK(outcome.decision == GateDecision::QuarantineUpdates);
  CHECK(outcome.unstable());
}

TEST_CASE("reduced scopes bound the depth, state decisions neither bound it nor lift the bound", "[gate]") {
  GatePolicy policy;
  policy.lambda_min = 50;
  policy.partitions_max = 1;
  policy.spike_rate_q15_max = 100;
  GatePacket gate = calm();
  SpikePacket spike;
  CHECK(apply_rules(policy, gate, spike).deepest == Tier::full);
  spike.rate_q15 = 200;
  CHECK(apply_rules(policy, gate, spike).deepest == Tier::full);
  gate.partition_count = 2;
  CHECK(apply_rules(policy, gate, spike).deepest == Tier::reduced);
  gate.flags = GatePacket::kForceSafe;
  gate.lambda = 1;
  const RuleOutcome outcome = apply_rules(policy, gate, spike);
  CHECK(outcome.decision == GateDecision::QuarantineUpdates);
  CHECK(outcome.deepest == Tier::safe);
}

}  // namespace
}  // namespace mgt::gate
