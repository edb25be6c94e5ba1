// The gate's vocabulary: what it is told (packets), what it may risk (policy), what it says (decision, reason).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mgt {

/// How much of the model one step runs.
enum class Tier : std::uint8_t {
  full = 0,     ///< every layer
  reduced = 1,  ///< half of the layers, at least one (window mode: half of the tokens and of the window as well)
  safe = 2,     ///< one layer (window mode: an eighth of the tokens, a quarter of the window)
  skip = 3,     ///< no layer run: cached output, exact replay or the stream memory
};
inline constexpr std::size_t kTierCount = 4;

/// What a position that was not computed in full leaves in the KV cache.
enum class KvMode : std::uint8_t {
  exact,      ///< a debt, paid in one batch when a deeper step needs it: later results equal the dense model's
  propagate,  ///< an approximation: the exit state's own K and V, or a table row by byte
};

/// What the gate does about the state. The safety rules only ever move down this list.
enum class GateDecision : std::uint8_t { Allow, ReduceScope, FlushKv, FreezeWrites, QuarantineUpdates };

/// Why a step ran as it did: a safety rule that fired, or where the answer came from.
enum class GateReason : std::uint8_t {
  None,
  LambdaBelowMin,
  LambdaDroppedFast,
  BoundarySpike,
  BoundaryConcentrationSpike,
  PartitionDrift,
  SpikeStorm,
  ForcedByFlag,
  LowRisk,      ///< an early exit was confident enough
  ExactReplay,  ///< the same receptive field was computed before: all layers' bits without running one
  MemoryHit,    ///< the stream memory answered alone: its energy was low enough, or it was certain enough
  Deadline,     ///< no deeper tier fits into SessionOptions::deadline_us
  KillSwitch,   ///< early exits have not paid lately: none was looked at
};

/// "Allow", "LambdaBelowMin", ...: the names used in JSON and traces.
const char* name_of(GateDecision decision) noexcept;
const char* name_of(GateReason reason) noexcept;

/// Lambda where nothing is known of the stream.
inline constexpr std::uint32_t kNeutralLambda = 8 * 4096;

/// Coherence of the stream: facts of the minimum cut between past and present. The safety rules read it; flags are
/// obeyed under every policy, dense and exact included, unless the session or the step names a tier.
struct GatePacket {
  static constexpr std::uint16_t kForceSafe = 1;  ///< no deeper than tier 2; the memory may answer as well
  static constexpr std::uint16_t kSkip = 2;       ///< run at tier 3

  std::uint32_t lambda = kNeutralLambda;  ///< higher is more coherent; (z + 8) * 4096 when the library computes it
  std::uint32_t lambda_prev = kNeutralLambda;
  std::uint16_t boundary_edges = 0;
  std::uint16_t boundary_concentration_q15 = 0;
  std::uint16_t partition_count = 1;
  std::uint16_t flags = 0;
};

/// Whether the input is news, and which positions it points at. Where it is none (not fired, or under the policy's
/// spike_novelty_q15_min), a step repeats the answer before, at tier 3 and with reason None; policies dense and exact
/// do not listen.
struct SpikePacket {
  std::uint8_t fired = 1;
  std::uint8_t top_len = 0;  ///< used entries of top_idx and top_w_q15
  std::uint16_t rate_q15 = 0;
  std::uint16_t novelty_q15 = 0;
  /// Positions worth a look, as distances back from this one, and their weights. They are for whoever reads the packet:
  /// attention reads its short window whole, and the memory finds its own.
  std::array<std::uint16_t, 16> top_idx{};
  std::array<std::uint16_t, 16> top_w_q15{};
};

enum class PolicyKind : std::uint8_t {
  dense,         ///< every layer at every step; the reference
  exact,         ///< lossless shortcuts only: same bits as dense
  conservative,  ///< exact, but the memory answers alone where it is 98 % certain; other answers keep the dense bits,
                 ///< unless a caller's SpikePacket says that there is nothing new. A file may say otherwise
                 ///< (mgt.calibration.conservative, or mgt.energy.conservative): less certainty or an exit costs
                 ///< the dense bits
  standard,      ///< "default": propagated KV, calibrated for 2 %
  permissive,    ///< propagated KV, calibrated for 5 %
  custom,        ///< SessionOptions::custom
};

/// "dense", "exact", "conservative", "default", "permissive", "custom".
const char* name_of(PolicyKind kind) noexcept;

/// Thresholds of the gate. The rules of the first block may only reduce trust; they never deepen it.
struct GatePolicy {
  std::uint32_t lambda_min = 0;                           ///< below: QuarantineUpdates
  std::uint16_t drop_ratio_q15_max = 0x7fff;              ///< (lambda_prev - lambda) / lambda_prev above: FlushKv
  std::uint16_t boundary_edges_max = 0xffff;              ///< above: ReduceScope
  std::uint16_t boundary_concentration_q15_max = 0x7fff;  ///< above: ReduceScope
  std::uint16_t partitions_max = 0xffff;                  ///< above: ReduceScope
  std::uint16_t spike_rate_q15_max = 0x7fff;              ///< above: FreezeWrites (a storm)
  std::uint16_t spike_novelty_q15_min = 0;                ///< spikes below this novelty count as not fired
  /// The session's own spike fires where the leaky sum of the surprise (0.8 per step) reaches so many nats, [0, 64]; a
  /// steady s nats per byte sum up to 5 s. Fields of a caller's SpikePacket are taken as they are.
  float spike_fire_nats = 6.0f;
  /// false: a token under FreezeWrites or QuarantineUpdates enters neither KV nor memory, and flushes nothing.
  bool allow_kv_write_when_unstable = true;
  /// The witness's external_write under FlushKv, FreezeWrites or QuarantineUpdates.
  bool allow_external_write_when_unstable = false;

  KvMode kv = KvMode::propagate;
  /// Tier 3 where the memory's certainty reaches this: its top probability, held for more where the last bytes cost it
  /// less than 0.8 nats each and for less where they cost it more. Above 1: never.
  float memory_confidence = 2.0f;
  float exit_confidence = 2.0f;  ///< exit where the mixture's top probability reaches this; above 1: never
  /// An answer suffices, too, where its energy is at most this: the predicted probability that it costs over a bit more
  /// than all layers' answer would. The exit of tier 2 suffices at 3 times the odds, that of tier 1, past which lie
  /// half of the layers, at 12 times; neither is asked where the memory's energy lies far beyond that. [0, 1]; 0:
  /// never. Needs a model with mgt.energy.weights, and the stream memory.
  float energy_max = 0.0f;
  /// After an answer of all layers, run or replayed, energy_max holds lowered by this much in log-odds, [0, 16]:
  /// answers are refused in runs, and tiers flicker less.
  float energy_hysteresis = 0.7f;
  bool lossless_replay = false;  ///< reuse what the same text led to before (not with replay 0); needs exact KV
};

}  // namespace mgt
