// What the stream memory would say if certain bytes came next. The memory learns nothing from it.
#pragma once

#include <cstdint>

#include "memory/memory_state.hpp"

namespace mgt::memory {

/// A look ahead from where a memory stands. While one is open it borrows the oldest bytes of the memory's history, so
/// the memory must not be used; the destructor gives them back. Counts and weights stay as they are: the bytes of the
/// preview are followed by matches and contexts, not learnt.
class Preview {
 public:
  static constexpr std::uint32_t kMaxBytes = 32;

  explicit Preview(const StreamMemory& memory) noexcept;
  ~Preview();
  Preview(const Preview&) = delete;
  Preview& operator=(const Preview&) = delete;

  /// The prediction after one more byte; at most kMaxBytes of them. Cost: as StreamMemory::predict.
  void advance(std::uint8_t byte, MemoryPrediction& out) noexcept;

 private:
  const StreamMemory& memory_;
  Cursor at_;
  std::uint32_t n_bytes_ = 0;
  std::uint8_t covered_[kMaxBytes];  ///< what stood in the history where the preview's bytes stand
};

}  // namespace mgt::memory
