#include "memory/preview.hpp"

#include <cassert>

namespace mgt::memory {

Preview::Preview(const StreamMemory& memory) noexcept : memory_(memory), at_(memory.state().at) {}

Preview::~Preview() {
  const History history = memory_.history();
  for (; n_bytes_ > 0; --n_bytes_) {
    history.put(static_cast<std::uint32_t>(--at_.position), covered_[n_bytes_ - 1]);
  }
}

void Preview::advance(std::uint8_t byte, MemoryPrediction& out) noexcept {
  assert(n_bytes_ < kMaxBytes);
  static constexpr ContextSlot kUnseen{};
  const History history = memory_.history();
  covered_[n_bytes_++] = history.at(static_cast<std::uint32_t>(at_.position));

  std::uint32_t contexts[kContexts];
  at_.advance(history, byte, contexts);
  const ContextTable table = memory_.context_table();
  for (const std::uint32_t hash : contexts) table.prefetch(hash);
  const ContextSlot* slots[kContexts];
  for (std::uint32_t k = 0; k < kContexts; ++k) {
    const ContextSlot* known = table.peek(contexts[k]);
    slots[k] = known != nullptr ? known : &kUnseen;
  }
  std::uint32_t cells[kMatches];
  at_.find_cells(memory_.layout_.log2_matches, cells);
  at_.follow_matches(history, memory_.match_entries(), cells);
  Decided decided;
  memory_.decide(at_, slots, decided, out);
}

}  // namespace mgt::memory
