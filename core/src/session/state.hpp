// Everything one stream owns, and the stages of a step in the order in which they run.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "cache/layer_cache.hpp"
#include "decode/layer_runner.hpp"
#include "gate/rules.hpp"
#include "graph/coherence.hpp"
#include "memory/mixer.hpp"
#include "memory/stream_memory.hpp"
#include "mgt/session.hpp"
#include "model/data.hpp"
#include "replay/store.hpp"
#include "spike/lif_spike.hpp"
#include "storage.hpp"

namespace mgt {

/// The distribution a step gives. logits and probabilities lie side by side, so that one hash covers both.
struct Answer {
  float* logits = nullptr;               ///< [vocab]
  float* probabilities = nullptr;        ///< [vocab]
  float* model_probabilities = nullptr;  ///< [vocab], the transformer alone; valid while model_ran
  bool model_ran = false;
  bool given = false;  ///< false until the first step
  bool fresh = false;  ///< changed by the step under way; a repeated answer keeps its hash
  std::uint32_t top_token = 0;
  std::uint64_t hash = 0;

  static std::size_t plan_bytes() noexcept { return 3 * kVocabSize * sizeof(float); }
  void bind(float* storage) noexcept {
    logits = storage;
    probabilities = storage + kVocabSize;
    model_probabilities = storage + 2 * kVocabSize;
  }
  /// No knowledge: all logits 0, all probabilities equal.
  void clear() noexcept;
  /// Finds the top token and hashes the bits.
  void seal() noexcept;
};

struct Session::State {
  State(const Model& m, const SessionOptions& o, const GatePolicy& p) noexcept : model(m), options(o), policy(p) {}

  Model model;
  SessionOptions options;
  GatePolicy policy;
  std::uint32_t window = 0;
  Block block;

  decode::LayerRunner runner;
  cache::LayerCache cache;
  cache::LayerCache window_cache;
  std::optional<replay::Store> store;
  std::optional<memory::StreamMemory> memory;
  std::optional<memory::Mixer> mixer;
  memory::MemoryPrediction prediction;
  std::optional<spike::LifSpike> spike;
  std::optional<graph::Coherence> coherence;
  Answer answer;
  Answer window_answer;
  float* batch_logits = nullptr;              // [kMaxBatch x vocab], prefill
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
    float surprise = 0;
    bool keeps_trace = true;  ///< the token enters the state
  };
  Evidence sense(const StepInput& input) noexcept;
  void remember(Token token, const Evidence& evidence) noexcept;
  void decide_and_compute(const StepInput& input, const Evidence& evidence, cache::Position position) noexcept;
  StepView conclude(Token token, const Evidence& evidence, cache::Position position, const decode::Work& cost,
                    const std::uint64_t* signature) noexcept;

  StepView run_step(const StepInput& input) noexcept;
  /// A new youngest position. lasting: false where the step will take it back.
  cache::Position append(Token token, bool lasting) noexcept;
  /// Everything computed or replayed so far; a step's cost is a difference.
  decode::Work work() const noexcept;
  void answer_batch(std::span<const cache::Position> positions) noexcept;
  StepView prefill_batch(std::span<const std::uint8_t> tokens) noexcept;

  decode::Context context() noexcept { return {cache, window}; }
  std::uint32_t tier_layers(Tier tier) const noexcept;
  std::size_t signature_size() const noexcept { return (graph::signature_bits(model.config().hidden) + 63) / 64; }
  /// Runs layers until `positions` have depth `layers`, in the manner of the KV mode.
  void run_layers(std::span<const cache::Position> positions, std::uint32_t layers) noexcept;
  /// The same; on the way it takes their signatures, one after another, unless `signatures` is nullptr.
  void deepen(std::span<const cache::Position> positions, std::uint32_t layers, std::uint64_t* signatures) noexcept;
  /// Signature of the position's layer-1 state; call it at depth 1.
  void take_signature(cache::Position position, std::uint64_t* out) noexcept;
  /// Turns answer.logits of the exit after `layers` layers into the two distributions.
  void finish_exit_answer(std::uint32_t layers, bool with_memory) noexcept;
  /// Makes answer.probabilities from answer.model_probabilities.
  void mix_answer(std::uint32_t layers, bool with_memory) noexcept;
  void answer_from_exit(cache::Position position, std::uint32_t layers, bool with_memory) noexcept;
  void answer_from_memory() noexcept;
  /// Keeps the previous answer, bit for bit.
  void repeat_answer() noexcept { answer.model_ran = false; }
  void run_to_tier(Tier tier, cache::Position position, bool with_memory) noexcept;
  /// Anytime refinement: exit by exit until the answer is confident enough or `deepest` is reached.
  void refine(cache::Position position, Tier deepest, bool with_memory) noexcept;
  /// Writes into the witness where the answer came from; `accepted_confidence` is what sufficed.
  void settle(Tier tier, std::uint32_t layers, GateReason reason, float accepted_confidence) noexcept;
  /// Leaves K and V for the layers that `position` did not run.
  void fill_upper_layers(cache::Position position) noexcept;
  /// Logits after all layers and the signature from the store, where the same text was answered before.
  bool replay_answer(cache::Position position, float* logits, std::uint64_t* signature) noexcept;
  /// Logits after `layers` layers and signatures of a batch, computed; full answers go into the store.
  void compute_answers(std::span<const cache::Position> positions, std::uint32_t layers, float* logits,
                       std::uint64_t* signatures) noexcept;
  /// Tells in the witness what was run for `position` and what replayed, now that its step is computed.
  void report_replay(cache::Position position) noexcept;
  /// Layers that were computed, not replayed, for a kept position.
  std::uint32_t layers_run_for(cache::Position position) noexcept;
  void reset() noexcept;

  std::uint64_t signature_words[graph::kMaxSignatureWords] = {};
  bool has_signature = false;
};

/// The value, or the largest that T holds: witness fields are narrower than the counters behind them.
template <class T>
T saturate(std::uint64_t value) noexcept {
  return static_cast<T>(std::min<std::uint64_t>(value, std::numeric_limits<T>::max()));
}

/// The largest value and the lowest index that has it.
struct Top {
  float value = 0;
  std::uint32_t index = 0;
};
Top find_top(const float* values) noexcept;

/// ln p in float32, the same bits on every target; p = 0 gives about -87.
float natural_log(float p) noexcept;

}  // namespace mgt
