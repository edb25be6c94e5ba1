// Turns early exits off where looking for them costs more than it saves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "snapshot/fwd.hpp"

namespace mgt::gate {

/// Keeps the account of every exit below the last: each look costs a head, a softmax and a mixing; each answer accepted
/// there saves the layers above. An exit that does not earn its looks is left alone for a while, then tried again.
/// Counted in multiply-adds, not in time, so that every target decides alike.
class KillSwitch {
 public:
  static constexpr std::size_t kExits = 2;       ///< tier 2's, then tier 1's
  static constexpr std::uint32_t kLooks = 128;   ///< looks after which an account is closed
  static constexpr std::uint32_t kPause = 2048;  ///< looks left out after an account that did not pay

  /// Whether a look at the exit may be taken; a pause is counted down by it. Call it once for each look about to be
  /// taken.
  bool allows(std::size_t exit) noexcept;
  /// Enters a look. saved: multiply-adds that it spared the step, 0 where the answer was not confident enough.
  void enter(std::size_t exit, std::uint64_t cost, std::uint64_t saved) noexcept;

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  struct Account {
    std::uint32_t looks = 0;
    std::uint32_t pause = 0;
    std::uint64_t cost = 0;
    std::uint64_t saved = 0;
  };
  std::array<Account, kExits> accounts_;
};

}  // namespace mgt::gate
