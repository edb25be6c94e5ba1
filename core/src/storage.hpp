// Carving one block of memory into aligned parts.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace mgt {

inline constexpr std::size_t kStorageAlignment = 64;

constexpr std::size_t aligned_size(std::size_t bytes) noexcept {
  return (bytes + kStorageAlignment - 1) / kStorageAlignment * kStorageAlignment;
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

struct FreeBlock {
  void operator()(std::byte* block) const noexcept { std::free(block); }
};
/// A 64-byte aligned block from the C allocator.
using Block = std::unique_ptr<std::byte[], FreeBlock>;

/// size  any; the block is rounded up to the alignment. Returns an empty pointer when memory is short.
inline Block allocate_block(std::size_t size) noexcept {
  return Block(static_cast<std::byte*>(std::aligned_alloc(kStorageAlignment, aligned_size(size == 0 ? 1 : size))));
}

}  // namespace mgt
