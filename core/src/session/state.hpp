// Everything one stream owns, and the stages of a step in the order in which they run.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "cache/layer_cache.hpp"
#include "decode/layer_runner.hpp"
#include "gate/energy.hpp"
#include "gate/kill_switch.hpp"
#include "gate/rules.hpp"
#include "graph/coherence.hpp"
#include "memory/mixer.hpp"
#include "memory/stream_memory.hpp"
#include "mgt/session.hpp"
#include "model/data.hpp"
#include "replay/store.hpp"
#include "session/ahead.hpp"
#include "snapshot/fwd.hpp"
#include "spike/leaky_sum.hpp"
#include "spike/lif_spike.hpp"
#include "storage.hpp"

namespace mgt {

/// The distribution a step gives. logits and probabilities lie side by side, so that one hash covers both.
struct Answer {
  float* logits = nullptr;               ///< [vocab]; of a memory's answer once logits_due is false
  float* probabilities = nullptr;        ///< [vocab]
  float* model_probabilities = nullptr;  ///< [vocab], the transformer alone; valid while layers > 0
  std::uint32_t layers = 0;              ///< of the exit it came from; 0: no layer had a say in it
  bool given = false;                    ///< false until the first step
  bool fresh = false;                    ///< changed by the step under way; a repeated answer keeps its hash
  bool from_exit = false;                ///< logits are an exit's; else the probabilities' logarithms
  bool logits_due = false;               ///< the latter, which nobody has asked for yet
  std::uint32_t top_token = 0;           ///< of the probabilities
  std::uint64_t hash = 0;

  static std::size_t plan_bytes() noexcept { return 3 * kVocabSize * sizeof(float); }
  /// storage  plan_bytes(), 64-byte aligned
  void bind(std::span<std::byte> storage) noexcept {
    logits = reinterpret_cast<float*>(storage.data());
    probabilities = logits + kVocabSize;
    model_probabilities = logits + 2 * kVocabSize;
  }
  /// No knowledge: all probabilities equal.
  void clear() noexcept;
  /// Logits and probabilities are an exit's, as they stand.
  void take_from_exit() noexcept;
  /// The same once more, bit for bit; no layer has a say in it.
  void repeat() noexcept { layers = 0; }
  /// Takes the logarithms that are due.
  void complete_logits() noexcept;
  /// Hashes the bits; the top token is known.
  void seal() noexcept;
};

struct Session::State {
  State(const Model& m, const SessionOptions& o, const GatePolicy& p) noexcept : model(m), options(o), policy(p) {}

  Model model;
  SessionOptions options;
  GatePolicy policy;
  std::uint32_t window = 0;
  std::uint32_t window_tokens = 0;  ///< most that infer() takes
  Block block;

  decode::LayerRunner runner;
  cache::LayerCache cache;
  cache::LayerCache window_cache;
  std::optional<replay::Store> store;
  std::optional<memory::StreamMemory> memory;
  std::optional<memory::Mixer> mixer;
  memory::MemoryPrediction prediction;
  spike::LeakySum memory_potential;  ///< what the last bytes cost the memory
  std::optional<spike::LifSpike> spike;
  std::optional<graph::Coherence> coherence;
  gate::EnergyGate energy;
  gate::KillSwitch kill_switch;
  Tier deadline_tier = Tier::full;
  Answer answer;
  Answer window_answer;
  std::uint64_t window_macs = 0;  ///< of the last infer()
  Ahead ahead;
  float* batch_logits = nullptr;              // [kMaxBatch x vocab], prefill and speculation
  std::uint64_t* batch_signatures = nullptr;  // [kMaxBatch x signature words]

  Witness witness;
  Witness window_witness;
  SessionStats stats;
  std::uint64_t window_steps = 0;

  // One step, in this order.
  struct Evidence {
    SpikePacket spike;
    GatePacket gate;
    gate::RuleOutcome rules;
    float surprise = 0;         ///< nats that the arriving byte cost the answer given
    float memory_surprise = 0;  ///< ... the stream memory; means nothing without one
    bool keeps_trace = true;    ///< the token enters the state
  };
  Evidence sense(const StepInput& input) noexcept;
  void remember(Token token, const Evidence& evidence) noexcept;
  void decide_and_compute(const StepInput& input, const Evidence& evidence, cache::Position position) noexcept;
  StepView conclude(Token token, const Evidence& evidence, cache::Position position, const decode::Work& cost,
                    const std::uint64_t* signature) noexcept;

  /// drafter  proposes what may follow, to be computed in the same batch; none: nothing is computed ahead
  StepView run_step(const StepInput& input, Drafter* drafter = nullptr) noexcept;
  /// A new youngest position. lasting: false where the step will take it back.
  cache::Position append(Token token, bool lasting) noexcept;
  /// Everything computed or replayed so far; a step's cost is a difference.
  decode::Work work() const noexcept;
  void answer_batch(std::span<const cache::Position> positions) noexcept;
  StepView prefill_batch(std::span<const std::uint8_t> tokens) noexcept;
  /// Answers the last token again, now after all layers; its position is in the cache.
  StepView answer_in_full() noexcept;
  /// A step's cost into its witness, whose layers_run stands, and into the totals.
  void enter_cost(const decode::Work& cost) noexcept;
  /// Hashes a new answer and closes the witness over it.
  StepView seal_answer() noexcept;
  StepView view() noexcept { return {{answer.probabilities, kVocabSize}, &witness, &answer}; }

  // Window mode (window_mode.cpp).
  /// Computes the answer from the last tokens that the tier has in its scope; returns how many of them attention sees.
  std::uint32_t answer_window(std::span<const std::uint8_t> tokens, Tier tier) noexcept;
  StepView conclude_window(std::uint8_t last, Tier tier, std::uint32_t visible, const decode::Work& cost) noexcept;

  // Batches of positions at full depth (ahead.cpp).
  void answer_from_batch(std::size_t row, bool with_memory) noexcept;
  /// Appends again the position of the row that is taken, for good now.
  cache::Position readmit(Token token) noexcept;
  /// What `position`, which ran every layer that was not replayed, costs beside its debts.
  decode::Work row_cost(cache::Position position) noexcept;
  /// What the step that took a row costs.
  decode::Work taken_cost(cache::Position position) noexcept;

  /// Whether every step of this session that brings no packet and no tier of its own has an answer of all layers, run
  /// or replayed, and keeps its token.
  bool runs_every_layer() const noexcept;
  /// Whether a rule might flush or drop a token: then nothing can be computed ahead of a step's packet.
  bool may_change_state() const noexcept {
    return !policy.allow_kv_write_when_unstable || policy.drop_ratio_q15_max < 0x7fff;
  }
  /// Whether a position of the window lacks K and V of the last layer. Below it replay may have left some out that a
  /// full step computes first: Ahead::owed counts them.
  bool owes_context() const noexcept;
  /// Decides whether this step takes a row computed ahead; without one it may ask the drafter for a new batch.
  void take_ahead(const StepInput& input, Drafter* drafter) noexcept;
  void look_ahead(std::uint8_t arrived, Drafter& drafter) noexcept;

  decode::Context context() noexcept { return {cache, window}; }
  std::size_t signature_size() const noexcept { return graph::signature_words(model.config().hidden); }
  /// Runs layers until `positions` have depth `layers`, in the manner of the KV mode.
  void run_layers(std::span<const cache::Position> positions, std::uint32_t layers) noexcept;
  /// The same; on the way it takes their signatures, one after another, unless `signatures` is nullptr or
  /// the positions have passed layer 1 in the same step.
  void deepen(std::span<const cache::Position> positions, std::uint32_t layers, std::uint64_t* signatures) noexcept;
  /// Signature of the position's layer-1 state; call it at depth 1.
  void take_signature(cache::Position position, std::uint64_t* out) noexcept;
  /// Turns answer.logits of the exit after `layers` layers into the two distributions.
  void finish_exit_answer(std::uint32_t layers, bool with_memory) noexcept;
  /// Makes answer.probabilities from answer.model_probabilities.
  void mix_answer(std::uint32_t layers, bool with_memory) noexcept;
  void answer_from_exit(cache::Position position, std::uint32_t layers, bool with_memory) noexcept;
  void answer_from_memory() noexcept;
  void run_to_tier(Tier tier, cache::Position position, bool with_memory) noexcept;
  /// Opens the step's account of energies. Without the memory's part of the answer there is none.
  void begin_energy(bool with_memory) noexcept;
  /// See memory::certainty_of().
  float memory_certainty() const noexcept;
  /// Whether the memory's answer suffices for the policy; leaves what the witness says of it.
  bool memory_suffices() noexcept;
  /// Whether an exit's answer does.
  bool exit_suffices(std::size_t exit) noexcept;
  /// Whether an exit's answer may, going by what the memory's looked like.
  bool exit_has_chance(std::size_t exit) const noexcept;
  /// Anytime refinement: exit by exit until the answer suffices or `deepest` is reached.
  void refine(cache::Position position, Tier deepest, bool with_memory) noexcept;
  /// What asking an exit costs beside the layers, and what an answer accepted there spares, in multiply-adds.
  std::uint64_t look_macs() const noexcept;
  std::uint64_t spared_macs(std::uint32_t layers) const noexcept;
  /// Writes into the witness where the answer came from; `accepted_confidence` is what sufficed.
  void settle(Tier tier, std::uint32_t layers, GateReason reason, float accepted_confidence) noexcept;
  /// Propagate mode: a position that ran no layer leaves the table's K and V of its byte. What an exit leaves is
  /// projected when a deeper step reads it.
  void fall_back_on_table(cache::Position position) noexcept;
  /// Logits after all layers and the signature from the store, where the same text was answered before.
  bool replay_answer(cache::Position position, float* logits, std::uint64_t* signature) noexcept;
  /// Logits after `layers` layers and signatures of a batch, computed; full answers go into the store.
  void compute_answers(std::span<const cache::Position> positions, std::uint32_t layers, float* logits,
                       std::uint64_t* signatures) noexcept;
  /// Tells in the witness what was run for `position` and what replayed, now that its step is computed.
  void report_replay(cache::Position position) noexcept;
  /// A rule that fired is the reason, whatever else there was.
  void report_rules(const Evidence& evidence) noexcept;
  /// Layers that were computed, not replayed, for a kept position.
  std::uint32_t layers_run_for(cache::Position position) noexcept;
  void reset() noexcept;
  /// What reset() does once the parts are as new. On creation they are, and to reset them would touch megabytes that a
  /// short stream never needs.
  void begin() noexcept;
  /// All of the above that outlasts a step, into a snapshot or out of one.
  void transfer(snapshot::Archive& archive) noexcept;

  std::uint64_t signature[graph::kMaxSignatureWords] = {};
  bool has_signature = false;
  std::optional<float> certainty;  ///< of the memory, where the step under way asked for it
};

/// Enters the answer and seals the witness, whose other fields are complete, into its chain.
void close(Witness& witness, const Answer& answer) noexcept;

/// The value, or the largest that T holds: witness fields are narrower than the counters behind them.
template <class T>
T saturate(std::uint64_t value) noexcept {
  return static_cast<T>(std::min<std::uint64_t>(value, std::numeric_limits<T>::max()));
}

/// ln p in float32, the same bits on every target; p = 0 gives about -87.
float natural_log(float p) noexcept;

/// The same for up to 16 at the cost of one.
void natural_logs(std::span<float> p) noexcept;

}  // namespace mgt
