// An array whose allocation can fail: the core has no exceptions, so that a std::vector short of memory ends the
// program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "mgt/error.hpp"
#include "storage.hpp"

namespace mgt {

/// Elements in memory of their own, as many as allocate() was asked for. One that was moved from may only be assigned
/// to or destroyed.
template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  /// `size` elements, each as T{}; false where memory is short, and the array is as it was.
  [[nodiscard]] bool allocate(std::size_t size) noexcept {
    if (size > PTRDIFF_MAX / sizeof(T)) return false;
    Block block = allocate_block(size * sizeof(T));
    if (!block) return false;
    T* const first = reinterpret_cast<T*>(block.get());
    std::uninitialized_value_construct_n(first, size);
    elements_ = {first, size};
    block_ = std::move(block);
    return true;
  }

  std::size_t size() const noexcept { return elements_.size(); }
  T* data() noexcept { return elements_.data(); }
  const T* data() const noexcept { return elements_.data(); }
  T& operator[](std::size_t i) noexcept { return elements_[i]; }
  const T& operator[](std::size_t i) const noexcept { return elements_[i]; }
  std::span<T> span() noexcept { return elements_; }
  std::span<const T> span() const noexcept { return elements_; }

 private:
  Block block_;
  std::span<T> elements_;
};

/// The error of an allocation that failed: what it was for and how many bytes it asked for.
inline std::unexpected<Error> out_of_memory(const char* what, std::uint64_t bytes) noexcept {
  return fail(Errc::out_of_memory, "%s: %llu bytes could not be allocated", what,
              static_cast<unsigned long long>(bytes));
}

}  // namespace mgt
