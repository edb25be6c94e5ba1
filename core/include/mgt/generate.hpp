// Text generation on top of a session: draw a token from the answer, step through it, and again.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "mgt/session.hpp"

namespace mgt {

inline constexpr std::uint32_t kMaxLogprobs = 20;

/// How tokens are drawn from the session's answers. First the temperature, then top_k, then top_p.
struct GenerateOptions {
  float temperature = 0;       ///< 0: greedy, the lowest of equals; otherwise in [0.01, 10]
  std::uint64_t seed = 0;      ///< of the draws; the same seed gives the same text on every target
  std::uint32_t top_k = 0;     ///< only the k most probable tokens, the lowest of equals first; 0: all; at most 256
  float top_p = 1;             ///< only the fewest most probable tokens that hold this share; in (0, 1]
  std::uint32_t logprobs = 0;  ///< report this many most probable tokens with each; at most kMaxLogprobs
  /// Compute what probably follows in batches; the text and the answers are the same. So are the witnesses but in a
  /// session with replay: what its store holds, and so what a step costs, depends on the order of the work.
  bool speculative = false;
};

/// What speculation did. Equal on every target: no clock has a say in it.
struct GenerateStats {
  std::uint64_t tokens = 0;    ///< generated
  std::uint64_t rounds = 0;    ///< computations of layers: of one token, or of one and its drafts; replay needs none
  std::uint64_t drafted = 0;   ///< tokens computed ahead
  std::uint64_t accepted = 0;  ///< of those, drawn afterwards
};

/// How often drafts of some confidence came true, and the classes of those under way. See generation/pace.hpp.
struct DraftRecord {
  static constexpr std::size_t kClasses = 8;
  static constexpr std::size_t kMaxRows = 32;
  std::array<std::uint16_t, kClasses> tried{};
  std::array<std::uint16_t, kClasses> came_true{};
  std::array<std::uint8_t, kMaxRows> classes{};
  std::uint32_t rows = 0;
  std::uint32_t tokens = 0;
};

/// Errors: option_out_of_range, naming the field, its value and what is allowed.
Expected<void> check(const GenerateOptions& options) noexcept;

/// Draws the next token from a distribution. `rng` is the generator's state, advanced once unless greedy.
///
/// probabilities  [vocab], positive, summing to about 1
/// options        in range, see check()
/// Float32 with every sum in one order and ties broken by index: the same draw on every target.
/// Method: SplitMix64 (Steele, Lea and Flood, 2014), inverse transform over the tokens by index; top-p after Holtzman
/// et al., "The Curious Case of Neural Text Degeneration" (2020).
Token sample(std::span<const float> probabilities, const GenerateOptions& options, std::uint64_t& rng) noexcept;

/// A token and the logarithm of its probability in the answer it was drawn from, before temperature and cuts; in nats.
struct TokenLogprob {
  Token token = 0;
  float logprob = 0;
};

/// A token that a generator appended. Borrowed until its next call.
struct GeneratedToken {
  TokenLogprob drawn;
  std::span<const TokenLogprob> top;  ///< options.logprobs tokens, most probable first, the lowest of equals first
};

/// Continues a session's stream token by token. Keeps no memory but its own few hundred bytes; allocates nothing.
class Generator {
 public:
  /// Prefills `prompt`; it may be empty where the session has an answer already.
  ///
  /// session  must outlive the generator and stay where it is (not be moved); others may step it in between, the next
  ///          token then follows theirs
  /// errors   option_out_of_range (also speculative in a session that leaves layers out by itself: it needs policy
  ///          dense or exact, or every step at tier 0), empty_input (neither a prompt nor an answer)
  static Expected<Generator> start(Session& session, std::span<const std::uint8_t> prompt,
                                   const GenerateOptions& options) noexcept;

  /// Draws a token and steps the session through it. Cost: a step; speculating, a batch now and then and little in
  /// between. Errors: none once started.
  Expected<GeneratedToken> next() noexcept;

  /// The answer that the next token will be drawn from, [vocab]; borrowed until the session's next call.
  std::span<const float> answer() const noexcept;
  const GenerateStats& stats() const noexcept { return stats_; }

 private:
  Generator(Session& session, const GenerateOptions& options) noexcept;
  static Expected<void> may_speculate(const Session& session) noexcept;
  void step(Token token) noexcept;
  GeneratedToken report(Token token, std::span<const float> probabilities) noexcept;

  Session* session_;
  GenerateOptions options_;
  std::uint64_t rng_;
  GenerateStats stats_;
  DraftRecord drafts_;
  std::array<TokenLogprob, kMaxLogprobs> top_{};
};

/// Starts a generator and fills `out` from it. Same errors.
Expected<void> generate(Session& session, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
                        std::span<std::uint8_t> out) noexcept;

}  // namespace mgt
