// How many drafts are worth verifying: what they cost in multiply-adds against how often such drafts came true.
#pragma once

#include <cstdint>

#include "mgt/generate.hpp"
#include "mgt/model.hpp"

namespace mgt::generation {

/// Prices in multiply-adds. A step of one token pays for reading the weights and for multiplying with them; a batch
/// reads them once. Where drafts end shows in the witnesses of a session with replay, so prices are the same on every
/// machine, between those of native code and of WebAssembly.
struct Prices {
  float fixed;    ///< of a batch, whatever its size
  float row;      ///< of each token in it
  float preview;  ///< of asking the stream memory for one more draft

  explicit Prices(const ModelConfig& config) noexcept;
};

/// Decides, draft by draft, whether one more is worth it.
///
/// A batch of n rows of which E are expected to come true gives E tokens for fixed + n * row; another row is taken
/// while it gives more tokens for its price than the batch so far. How often a draft of some confidence comes true is
/// counted as it goes. Where even the first one is not worth its price no batch is made, and a step is a plain step.
/// Counts fade, so that a stream that becomes predictable again is tried again.
class Pace {
 public:
  Pace(const Prices& prices, DraftRecord& record) noexcept : prices_(prices), record_(record) {}

  /// Begins a batch with the token that is certain.
  void begin() noexcept;
  /// Whether a draft of this confidence is worth a row.
  bool is_worth(float confidence) const noexcept;
  /// The same; if so it is counted as one.
  bool accepts(float confidence) noexcept;

  /// Tells what became of the draft in row `row` (1 is the first draft).
  static void learn(DraftRecord& record, std::uint32_t row, bool came_true) noexcept;
  /// Call it once per token.
  static void fade(DraftRecord& record) noexcept;

 private:
  Prices prices_;
  DraftRecord& record_;
  float certainty_ = 1;  ///< probability that all drafts so far come true
  float expected_ = 1;   ///< tokens the batch is expected to give
  float cost_ = 0;
};

}  // namespace mgt::generation
