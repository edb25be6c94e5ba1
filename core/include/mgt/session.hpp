// A session: one stream through one model. Owns the KV cache, the stream memory, the gate's state and the witness
// chain.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "mgt/error.hpp"
#include "mgt/gate.hpp"
#include "mgt/model.hpp"
#include "mgt/witness.hpp"

namespace mgt {

using Token = std::uint32_t;  ///< a byte value, [0, kVocabSize)

struct SessionOptions {
  PolicyKind policy = PolicyKind::standard;
  GatePolicy custom;         ///< used with PolicyKind::custom
  std::optional<KvMode> kv;  ///< overrides the policy's
  std::optional<Tier> tier;  ///< runs every step at this tier instead of asking the gate
  std::uint32_t window = 0;  ///< attention window in tokens, within the model's trained range; 0: the model's own
  /// Most tokens of one infer(), up to kMostWindowTokens; 0: the model's context_length. Costs no memory and, beyond
  /// the receptive field, no time. Not part of a snapshot.
  std::uint32_t window_tokens = 0;
  /// Share of its multiply-adds that infer() may do, in (0, 1]: older tokens get less of a layer, first no feed-forward
  /// part, then no attention, until the share is kept. The last token always gets all, so a small share may be passed.
  /// Below 1 window mode is lossy. Not part of a snapshot.
  float window_capacity = 1.0f;
  bool memory = true;                     ///< mix with the stream memory
  std::uint32_t memory_bytes = 4u << 20;  ///< bound of the stream memory's tables, [2^18, 2^26]
  bool coherence = true;                  ///< compute lambda; off, the packet is neutral
  /// Positions of history in which the replay store finds work done before; 0: off, else [16, 2^20]; needs exact KV.
  /// Not set: kDefaultReplay where the policy allows lossless replay. Every answer keeps its bits.
  std::optional<std::uint32_t> replay;
  /// Microseconds that a step may take; 0: no deadline. The gate goes no deeper than the deepest tier whose bound below
  /// fits (reason Deadline where it would have), to tier 3 where none does. What asks for a tier by name (tier,
  /// prefill, logits, window mode) has no deadline. Policies dense and exact keep it, too: such a step has not their
  /// bits.
  float deadline_us = 0.0f;
  /// What a step of each tier takes at most on this machine, with the debts it may have to pay; needed with a deadline.
  /// The core has no clock: the same bounds give the same bits anywhere. `mgt run --deadline US` measures and prints
  /// them: the longest of a few steps at each tier, each behind as many skipped ones as the receptive field holds,
  /// n_layers * (window - 1), which is the most debts that a step can meet.
  std::array<float, kTierCount> step_bound_us{};
};
inline constexpr std::uint32_t kDefaultReplay = 8192;
inline constexpr std::uint32_t kMostWindowTokens = 1u << 20;

/// Bytes a session will hold, all of them allocated by Session::create.
struct SessionPlan {
  /// Keys, values, hidden states and tokens: of the receptive field in exact mode, else of the window; and of a batch.
  std::size_t kv_cache_bytes = 0;
  std::size_t skip_table_bytes = 0;    ///< propagate mode: K and V by byte
  std::size_t byte_table_bytes = 0;    ///< Q, K and V of the first layer by byte
  std::size_t window_cache_bytes = 0;  ///< window mode's own cache
  std::size_t scratch_bytes = 0;
  std::size_t memory_bytes = 0;  ///< stream memory and mixer
  std::size_t gate_bytes = 0;    ///< spike and coherence
  std::size_t replay_bytes = 0;  ///< the replay store: rows of states and answers, their index, the text
  std::size_t total_bytes = 0;   ///< what create() allocates, alignment included
};

/// One step's input beyond the token. What is left out, the library computes.
struct StepInput {
  Token token = 0;
  std::optional<Tier> tier;
  const GatePacket* gate = nullptr;
  const SpikePacket* spike = nullptr;
};

struct Answer;

/// Result of a step; borrowed until the next call on the session, and used by one thread at a time like that.
struct StepView {
  std::span<const float> probabilities;  ///< [vocab] the answer: transformer mixed with the stream memory
  const Witness* witness = nullptr;
  Answer* answer = nullptr;  ///< where logits() finds them

  /// [vocab] of the exit that gave the answer; ln(probabilities) where none did, taken when first asked for. Only on a
  /// view that a call returned.
  std::span<const float> logits() const noexcept;
};

/// Totals since create() or reset().
struct SessionStats {
  std::uint64_t tokens = 0;
  std::array<std::uint64_t, kTierCount> tiers{};
  std::uint64_t layers_run = 0;  ///< full layer executions, catch-up included
  std::uint64_t layers_caught_up = 0;
  /// Layers that an answer did without because the same text had been computed before; what is run of them later, as a
  /// neighbour's debt, counts in layers_run as well.
  std::uint64_t layers_replayed = 0;
  std::uint64_t kv_projections = 0;  ///< K,V pairs computed without the rest of their layer
  std::uint64_t macs = 0;            ///< int8 multiply-adds, heads included
  std::uint64_t kv_bytes_read = 0;
  std::uint64_t kv_bytes_written = 0;
  std::uint64_t correct = 0;       ///< arriving tokens that had been the most probable
  double nats = 0;                 ///< sum of the arriving tokens' surprise; the first one counts ln 256
  double model_nats = 0;           ///< the same under the transformer alone, over the tokens of model_tokens
  std::uint64_t model_tokens = 0;  ///< arriving tokens whose previous step ran the transformer
  std::uint64_t logits_hash = 0;   ///< chained over every step's output_hash
};

/// One stream through one model. One that was moved from may only be assigned to or destroyed.
class Session {
 public:
  /// Allocates everything the session will ever need.
  ///
  /// errors  option_out_of_range, window_out_of_range (names the trained range), out_of_memory
  static Expected<Session> create(const Model& model, const SessionOptions& options) noexcept;

  /// The bytes create() would allocate. Same errors, but out_of_memory.
  static Expected<SessionPlan> plan(const Model& model, const SessionOptions& options) noexcept;

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  /// Runs one step of a stream: consumes `token`, returns the next token's distribution and why that much was computed.
  ///
  /// token    in [0, vocab); anything else is token_out_of_range and the session is unchanged
  ///
  /// Time: at most a tier-0 step, in exact mode plus the debt of one receptive field; when a byte comes for the first
  /// time, its rows of the tables as well. Allocates nothing.
  /// Not thread-safe per session.
  /// Method: Elhoushi et al., "LayerSkip" (2024), arXiv:2404.16710, sec. 3, for the exits.
  Expected<StepView> step(Token token) noexcept;
  /// The same with external packets or a tier for this step alone. Errors: also option_out_of_range (no such tier, more
  /// positions in the spike packet than it holds); the session is then unchanged.
  Expected<StepView> step(const StepInput& input) noexcept;

  /// Consumes many tokens at tier 0, layer by layer in batches; every state and result is the one that stepping
  /// through them at tier 0 would leave. With replay, repeats inside one batch are computed and debts may be booked on
  /// another of its tokens: only then may the witnesses differ, in their costs. Returns the last step's view. Errors:
  /// empty_input.
  Expected<StepView> prefill(std::span<const std::uint8_t> tokens) noexcept;

  /// Consumes tokens without running a layer: each is a step at tier 3, answered by the stream memory, or without
  /// one by the answer before. Returns the last step's view. Cost: about 1 us a token. Errors: empty_input.
  Expected<StepView> push(std::span<const std::uint8_t> tokens) noexcept;

  /// Answers the last token again, now after all layers; in exact mode with the dense model's logits. What the tokens
  /// before it owe is computed in batches, oldest first, and only inside the receptive field. Replaces that step's
  /// answer; its witness follows in the chain as a second one of the same step. Nothing is computed where the answer is
  /// one of all layers already, or where a rule kept the token out of the state.
  ///
  /// Cost: at most a tier-0 step and the debt of one receptive field. Allocates nothing. Errors: empty_input (no token
  /// yet).
  Expected<StepView> logits() noexcept;

  /// Window mode: logits after the last of up to SessionOptions::window_tokens tokens, independent of the stream and
  /// leaving it unchanged. Tier 1 sees the last T/2 tokens through half the window, tier 2 the last T/8 through a
  /// quarter (never less than the trained minimum), tier 3 repeats the previous answer of window mode.
  ///
  /// Cost: layer l runs for the positions that the last one depends on through the layers above it, and no other; older
  /// tokens than n_layers * (window - 1) + 1 are not looked at. Allocates nothing.
  /// errors  empty_input, input_too_long, option_out_of_range (tier 3 before any other)
  Expected<StepView> infer(std::span<const std::uint8_t> tokens, Tier tier = Tier::full) noexcept;

  /// Exact size of what snapshot() would write now: 0.13 to 0.25 MB for a new session (under 1 kB without memory and
  /// coherence), and at most a third more than plan() says of its caches, memory and replay store. Cost: a look over
  /// the memory's tables.
  std::size_t snapshot_bytes() const noexcept;

  /// Writes everything that the session's future depends on: KV cache with its debts, replay store, stream memory,
  /// mixer, gate, answers, totals and the ends of both witness chains. The bytes are the same on every target and can
  /// be restored on any other.
  ///
  /// out      at least snapshot_bytes() bytes
  /// returns  bytes written
  /// errors   buffer_too_small (names both sizes; `out` is then without meaning)
  ///
  /// Cost: a copy and a hash of the bytes. Allocates nothing. The stream's content can be read from them: keep them as
  /// carefully as the stream.
  Expected<std::size_t> snapshot(std::span<std::byte> out) const noexcept;

  /// Continues where the session of the snapshot stood, bit for bit. Views handed out before are without meaning.
  ///
  /// bytes    exactly what snapshot() wrote; not needed afterwards. They may come from a stranger: a checksum finds
  ///          accidents, and every field is checked before any is taken, so that no content does harm. Content that
  ///          passes is taken as it is.
  /// errors   bad_snapshot, snapshot_version, snapshot_mismatch (another model, or any other option than this
  ///          session's, by name and with both values); the session is then unchanged
  ///
  /// Cost: two passes over the bytes, a hash, and what reset() costs. Allocates nothing.
  Expected<void> restore(std::span<const std::byte> bytes) noexcept;

  /// Forgets the stream: as new, without allocating.
  void reset() noexcept;

  /// What the last byte was to the library: whether it was news, and where in the 112 bytes before it the stream
  /// memory finds what now ends the stream, longest first: top_idx says how many bytes back, top_w_q15 how much is in
  /// common (2^10 per byte, at most 32 bytes). After restore() only the positions are known, until the next step;
  /// without memory there are none. About 0.1 us.
  SpikePacket spike() const noexcept;

  const SessionStats& stats() const noexcept;
  const Model& model() const noexcept;
  const GatePolicy& policy() const noexcept;  ///< the thresholds in force
  PolicyKind policy_kind() const noexcept;
  KvMode kv_mode() const noexcept;
  std::uint32_t window() const noexcept;
  std::uint32_t replay_positions() const noexcept;  ///< size of the replay history; 0: off
  std::uint64_t window_macs() const noexcept;       ///< multiply-adds of the last infer()
  Tier deadline_tier() const noexcept;              ///< the deepest that fits into the deadline; full: any

 private:
  friend class Generator;
  struct State;
  explicit Session(State* state) noexcept;
  struct Deleter {
    void operator()(State* state) const noexcept;
  };
  std::unique_ptr<State, Deleter> state_;
};

}  // namespace mgt
