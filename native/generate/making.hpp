// The work of `mgt generate`: a session that continues a prompt and, on request, a plain one beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "mgt/generate.hpp"

namespace mgt::cli {

/// A byte's logarithm of its probability, and those of the most probable ones.
struct ByteLogprobs {
  TokenLogprob drawn;
  std::vector<TokenLogprob> top;
};

/// The bytes made, the time it took, and the session's totals before and after.
struct Generated {
  std::vector<std::uint8_t> bytes;
  std::vector<ByteLogprobs> logprobs;  ///< with --logprobs
  double seconds = 0;                  ///< processor time inside of the generator
  GenerateStats stats;
  SessionStats prompt;
  SessionStats total;
};

/// Continues `prompt` by n bytes, or until Ctrl-C.
///
/// plain    a session that makes the same without speculation, in turns; nullptr: none
/// show     gets every byte of the first session as it is made
/// returns  what was made, and what the plain session made
struct Both {
  Generated made;
  std::optional<Generated> plain;
};
Both make(Session& session, Session* plain, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
          std::size_t n, const std::function<void(std::uint8_t)>& show);

}  // namespace mgt::cli
