#include "mgt/gate.hpp"

#include <cstddef>

namespace mgt {
namespace {

template <class Enum, std::size_t N>
const char* lookup(const char* const (&names)[N], Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "unknown";
}

}  // namespace

const char* name_of(GateDecision decision) noexcept {
  static constexpr const char* kNames[] = {"Allow", "ReduceScope", "FlushKv", "FreezeWrites", "QuarantineUpdates"};
  return lookup(kNames, decision);
}

const char* name_of(GateReason reason) noexcept {
  static constexpr const char* kNames[] = {
      "None",           "LambdaBelowMin", "LambdaDroppedFast", "BoundarySpike", "BoundaryConcentrationSpike",
      "PartitionDrift", "SpikeStorm",     "ForcedByFlag",      "LowRisk",       "ExactReplay",
      "MemoryHit",      "Deadline",       "KillSwitch"};
  return lookup(kNames, reason);
}

const char* name_of(PolicyKind kind) noexcept {
  static constexpr const char* kNames[] = {"dense", "exact", "conservative", "default", "permissive", "custom"};
  return lookup(kNames, kind);
}

}  // namespace mgt
