// A trace against its origin: the same input through the same model gives the same records.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "app/files.hpp"
#include "mgt/session.hpp"
#include "verify/chain.hpp"

namespace mgt::cli {

/// Steps a session through the input and compares what it witnesses with the trace, step by step.
class Recomputation {
 public:
  /// limit  bytes of the input that the trace covers; 0: all
  Recomputation(Session session, const std::string& input, std::uint64_t limit)
      : session_(std::move(session)), source_(input), limit_(limit) {}

  /// Errors: bad input, naming the step and the first field that differs, with both values.
  void compare(const ChainChecker& chain, const Witness& said);
  /// Errors: bad input where the trace stops before the input does.
  void expect_end(const std::string& trace, std::uint64_t last_step);

  const Session& session() const noexcept { return session_; }

 private:
  std::optional<std::uint8_t> next_byte();

  Session session_;
  ByteSource source_;
  std::uint64_t limit_;
  std::uint64_t taken_ = 0;
  std::array<std::uint8_t, 1 << 12> block_{};
  std::span<const std::uint8_t> ready_;
};

}  // namespace mgt::cli
