// Every allocation of the test program, counted, and made to fail on request. Not under sanitizers, which bring a
// malloc of their own: there MGT_FOREIGN_MALLOC is defined and this header offers nothing.
#pragma once

#include <cstddef>

// g++ says that a sanitizer is there by a macro, clang by a feature.
#if defined(__SANITIZE_ADDRESS__)
#define MGT_FOREIGN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MGT_FOREIGN_MALLOC 1
#endif
#endif

#if !defined(MGT_FOREIGN_MALLOC)

namespace mgt::test::allocations {

std::size_t count() noexcept;  ///< calls so far that asked for memory
std::size_t bytes() noexcept;  ///< what they asked for
long blocks_in_use() noexcept;

/// While it lives, allocation number `n` from its making on (0 is the next) is refused.
class Refusal {
 public:
  explicit Refusal(std::size_t n) noexcept;
  ~Refusal();
  Refusal(const Refusal&) = delete;
  Refusal& operator=(const Refusal&) = delete;

  /// Whether that allocation came.
  bool happened() const noexcept;
};

}  // namespace mgt::test::allocations
#endif
