// Sixteen virtual float lanes: the unit of every float loop, as many registers as the architecture needs for them.
#pragma once

#include <xsimd/xsimd.hpp>

#include "kernels/numerics.hpp"

namespace mgt::detail {

template <class Arch>
using FloatBatch = xsimd::batch<float, typename Arch::Floats>;
template <class Arch>
using IntBatch = xsimd::batch<std::int32_t, typename Arch::Floats>;

/// A constant in every lane. Where `Arch` can, it reads it from memory: engines of WebAssembly make a constant anew at
/// each use, which takes them three instructions.
template <class Arch>
[[gnu::always_inline]] inline FloatBatch<Arch> constant(const float& x) noexcept {
  if constexpr (requires { Arch::load_splat(&x); })
    return Arch::load_splat(&x);
  else
    return FloatBatch<Arch>(x);
}

/// a where a > b, else b: the second argument where either is NaN or the two compare equal, on every architecture.
template <class Arch>
[[gnu::always_inline]] inline FloatBatch<Arch> max_of(FloatBatch<Arch> a, FloatBatch<Arch> b) noexcept {
  if constexpr (Arch::kMaxKeepsFirst) return xsimd::max(b, a);
  return xsimd::max(a, b);
}

/// a where a < b, else b.
template <class Arch>
[[gnu::always_inline]] inline FloatBatch<Arch> min_of(FloatBatch<Arch> a, FloatBatch<Arch> b) noexcept {
  if constexpr (Arch::kMaxKeepsFirst) return xsimd::min(b, a);
  return xsimd::min(a, b);
}

template <class Arch>
struct Lanes {
  using Batch = FloatBatch<Arch>;
  static constexpr std::size_t kCount = kLanes / Batch::size;

  Batch part[kCount];

  static Lanes load(const float* from) noexcept {
    return fill([&](std::size_t i) { return Batch::load_unaligned(from + i * Batch::size); });
  }
  static Lanes broadcast(float x) noexcept {
    return fill([&](std::size_t) { return Batch(x); });
  }
  void store(float* to) const noexcept {
    for (std::size_t i = 0; i < kCount; ++i) part[i].store_unaligned(to + i * Batch::size);
  }

  /// The first n lanes; the others become 0.
  [[gnu::always_inline]] Lanes keep_first(std::size_t n) const noexcept {
    const Batch count(static_cast<float>(n));
    return fill([&](std::size_t i) {
      return xsimd::select(Batch::load_unaligned(kLaneIndex + i * Batch::size) < count, part[i], Batch(0.0f));
    });
  }

  /// f of each register, and of the registers of two sets of lanes pairwise.
  template <class F>
  [[gnu::always_inline]] Lanes map(F f) const noexcept {
    return fill([&](std::size_t i) { return f(part[i]); });
  }
  template <class F>
  [[gnu::always_inline]] Lanes map(const Lanes& other, F f) const noexcept {
    return fill([&](std::size_t i) { return f(part[i], other.part[i]); });
  }

  [[gnu::always_inline]] friend Lanes operator+(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return x + y; });
  }
  [[gnu::always_inline]] friend Lanes operator-(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return x - y; });
  }
  [[gnu::always_inline]] friend Lanes operator*(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return x * y; });
  }
  [[gnu::always_inline]] friend Lanes operator/(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return x / y; });
  }
  [[gnu::always_inline]] friend Lanes max_of(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return detail::max_of<Arch>(x, y); });
  }
  [[gnu::always_inline]] friend Lanes min_of(const Lanes& a, const Lanes& b) noexcept {
    return a.map(b, [](Batch x, Batch y) { return detail::min_of<Arch>(x, y); });
  }

  /// The sum, by folding the upper half of the lanes onto the lower one: 8, 4, 2, 1.
  [[gnu::always_inline]] float total() const noexcept {
    return fold([](Batch x, Batch y) { return x + y; });
  }
  /// The largest and the smallest lane; no lane may be NaN.
  [[gnu::always_inline]] float highest() const noexcept {
    return fold([](Batch x, Batch y) { return xsimd::max(x, y); });
  }
  [[gnu::always_inline]] float lowest() const noexcept {
    return fold([](Batch x, Batch y) { return xsimd::min(x, y); });
  }

 private:
  static constexpr float kLaneIndex[kLanes] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  template <class F>
  [[gnu::always_inline]] static Lanes fill(F f) noexcept {
    Lanes result;
    for (std::size_t i = 0; i < kCount; ++i) result.part[i] = f(i);
    return result;
  }
  template <class F>
  [[gnu::always_inline]] float fold(F f) const noexcept {
    if constexpr (kCount == 4)
      return xsimd::reduce(f, f(f(part[0], part[2]), f(part[1], part[3])));
    else if constexpr (kCount == 2)
      return xsimd::reduce(f, f(part[0], part[1]));
    else
      return xsimd::reduce(f, part[0]);
  }
};

}  // namespace mgt::detail
