// Carving one block of memory into aligned parts.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#ifdef __EMSCRIPTEN__
#include <unistd.h>
#endif

namespace mgt {

inline constexpr std::size_t kStorageAlignment = 64;

constexpr std::size_t aligned_size(std::size_t bytes) noexcept {
  return (bytes + kStorageAlignment - 1) / kStorageAlignment * kStorageAlignment;
}

/// What allocate_block(size) takes from the allocator: room to begin at an aligned byte.
constexpr std::size_t block_bytes(std::size_t size) noexcept {
  return aligned_size(size) + kStorageAlignment;
}

/// Hands out consecutive 64-byte aligned parts of a block.
class Carver {
 public:
  explicit Carver(std::span<std::byte> block) noexcept : rest_(block) {}

  std::span<std::byte> bytes(std::size_t size) noexcept {
    assert(aligned_size(size) <= rest_.size());
    const auto part = rest_.first(size);
    rest_ = rest_.subspan(aligned_size(size));
    return part;
  }
  template <class T>
  T* array(std::size_t count) noexcept {
    return reinterpret_cast<T*>(bytes(count * sizeof(T)).data());
  }

 private:
  std::span<std::byte> rest_;
};

/// A 64-byte aligned block of zeros from the C allocator.
class Block {
 public:
  Block() = default;

  /// The first aligned byte.
  std::byte* get() const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(owned_.get());
    return owned_.get() + (aligned_size(at) - at);
  }
  explicit operator bool() const noexcept { return owned_ != nullptr; }

 private:
  friend Block allocate_block(std::size_t size) noexcept;

  struct Free {
    void operator()(std::byte* p) const noexcept { std::free(p); }
  };
  std::unique_ptr<std::byte[], Free> owned_;
};

/// size  any. Returns an empty block when memory is short.
///
/// Pages that nobody has used yet stay untouched: to touch the megabytes of a stream memory takes longer than all else
/// that creating a session does.
inline Block allocate_block(std::size_t size) noexcept {
  const std::size_t padded = block_bytes(size);
#ifdef __EMSCRIPTEN__
  // emmalloc's calloc would write it all. Beyond where the heap has ended so far, memory was never written: it is zero,
  // but for the links of a free list at the block's front.
  const auto heap_end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  void* p = std::malloc(padded);
  const auto first = reinterpret_cast<std::uintptr_t>(p);
  const std::uintptr_t untouched = std::max(heap_end, first + kStorageAlignment);
  if (p != nullptr) std::memset(p, 0, std::min<std::size_t>(padded, untouched - first));
#else
  void* p = std::calloc(padded, 1);
#endif
  Block block;
  block.owned_.reset(static_cast<std::byte*>(p));
  return block;
}

}  // namespace mgt
