// Layers computed before their tokens have arrived: a batch for tokens that are expected, used up step by step.
#pragma once

#include <cstdint>

#include "decode/layer_runner.hpp"

namespace mgt {

/// The tokens whose layers stand computed in the cache's slots behind its end. A step that brings the next of them
/// takes its row; any other token makes all of them void. Nothing else of the session has seen them.
struct Ahead {
  std::uint8_t tokens[decode::kMaxBatch];
  decode::Work owed;  ///< what earlier positions had to run for them: the first row's cost
  std::uint32_t size = 0;
  std::uint32_t next = 0;   ///< the row that the next step may take
  std::int32_t taken = -1;  ///< the row that the step under way took; -1: none

  bool continues_with(std::uint32_t token) const noexcept { return next < size && tokens[next] == token; }
  void clear() noexcept {
    size = 0;
    next = 0;
    taken = -1;
  }
};

/// Chooses the tokens that probably follow the one that has just arrived.
class Drafter {
 public:
  /// Writes at most kMaxBatch - 1 tokens; returns how many. The memory has learnt the arrived token already.
  virtual std::uint32_t draft(std::uint8_t* tokens) noexcept = 0;

 protected:
  ~Drafter() = default;
};

}  // namespace mgt
