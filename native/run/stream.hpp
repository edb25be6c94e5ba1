// The work of `mgt run`: a stream of bytes through a gated session and, on request, a dense one beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mgt/session.hpp"

namespace mgt::cli {

/// Bytes that go through one session before the other gets its turn.
inline constexpr std::size_t kBlockBytes = 2048;

/// One session and the processor time spent inside its steps.
struct Lane {
  Session session;
  double seconds = 0;
  std::vector<std::uint32_t> tops;  ///< most probable next byte after each byte of the last block
  std::uint64_t tokens_before = 0;  ///< those of a snapshot that the session continues

  std::uint64_t tokens() const noexcept { return session.stats().tokens - tokens_before; }
};

class Stream {
 public:
  /// dense  the reference session; none without --compare
  Stream(Session gated, std::optional<Session> dense, bool keep_witnesses);

  /// Steps through at most kBlockBytes. The two lanes take turns in going first, so that both see the same machine.
  void run_block(std::span<const std::uint8_t> block);

  const Lane& gated() const noexcept { return gated_; }
  const std::optional<Lane>& dense() const noexcept { return dense_; }
  /// Steps of both lanes with the same most probable byte.
  std::uint64_t agreed() const noexcept { return agreed_; }
  /// The gated lane's records of the last block; empty unless asked for.
  std::span<const Witness> witnesses() const noexcept { return witnesses_; }

 private:
  void run_gated(std::span<const std::uint8_t> block);

  Lane gated_;
  std::optional<Lane> dense_;
  bool keep_witnesses_;
  bool dense_first_ = false;
  std::uint64_t agreed_ = 0;
  std::vector<Witness> witnesses_;
};

}  // namespace mgt::cli
