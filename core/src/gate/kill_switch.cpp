#include "gate/kill_switch.hpp"

#include "snapshot/archive.hpp"

namespace mgt::gate {

bool KillSwitch::allows(std::size_t exit) noexcept {
  Account& account = accounts_[exit];
  if (account.pause == 0) return true;
  --account.pause;
  return false;
}

void KillSwitch::enter(std::size_t exit, std::uint64_t cost, std::uint64_t saved) noexcept {
  Account& account = accounts_[exit];
  account.cost += cost;
  account.saved += saved;
  if (++account.looks < kLooks) return;
  const bool pays = account.saved >= account.cost;
  account = {.pause = pays ? 0 : kPause};
}

void KillSwitch::transfer(snapshot::Archive& archive) noexcept {
  constexpr snapshot::Range<std::uint64_t> kMacs{0, std::uint64_t{1} << 50};
  for (Account& account : accounts_) {
    archive.field("exit.looks", account.looks, {0, kLooks - 1});
    archive.field("exit.pause", account.pause, {0, kPause});
    archive.field("exit.cost", account.cost, kMacs);
    archive.field("exit.saved", account.saved, kMacs);
  }
}

}  // namespace mgt::gate
