// The inner loop of an ideal matrix product: a block of weight registers times a block of activations, one dot per
// pair.
#pragma once

#include "limits/limit.hpp"

namespace mgt::bench {

inline constexpr std::size_t kDotBufferBytes = 16384;  ///< half of the smallest first-level cache

/// The sums of kTiles weight registers times kTokens activations, all in registers.
///
/// Isa  Register, kMacs of one dot(sums, weights, activations), zero(), load(), store(), splat() of 4 bytes and keep():
///      the compiler must take the value for new
template <class Isa, std::size_t kTiles, std::size_t kTokens>
struct DotBlock {
  using Register = typename Isa::Register;
  Register sums[kTiles][kTokens];

  [[gnu::always_inline]] DotBlock() noexcept {
    for (auto& tile : sums) {
      for (Register& sum : tile) sum = Isa::zero();
    }
  }
  /// Weights and activations from memory, each as often as in a product.
  [[gnu::always_inline]] void add(const unsigned char* weights, const unsigned char* splats) noexcept {
    Register activations[kTokens];
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTokens; ++t) activations[t] = Isa::splat(splats + t * 256);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kTiles; ++r) {
      const Register w = Isa::load(weights + r * sizeof(Register));
#pragma GCC unroll 16
      for (std::size_t t = 0; t < kTokens; ++t) sums[r][t] = Isa::dot(sums[r][t], w, activations[t]);
    }
  }
  /// The same registers again and again.
  [[gnu::always_inline]] void add(Register& weights, Register& activations) noexcept {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kTiles; ++r) {
#pragma GCC unroll 16
      for (std::size_t t = 0; t < kTokens; ++t) {
        Isa::keep(weights);
        sums[r][t] = Isa::dot(sums[r][t], weights, activations);
      }
    }
  }
  [[gnu::always_inline]] void store(unsigned char* to) const noexcept {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kTiles; ++r) {
#pragma GCC unroll 16
      for (std::size_t t = 0; t < kTokens; ++t) Isa::store(to + (r * kTokens + t) * sizeof(Register), sums[r][t]);
    }
  }
};

/// A function of its own, with a number of steps that the compiler does not know: GCC 12 keeps the sums in memory
/// otherwise.
template <class Isa, std::size_t kTiles, std::size_t kTokens>
[[gnu::noinline]] void walk_registers(unsigned char* buffer, std::size_t n_steps) noexcept {
  auto weights = Isa::load(buffer);
  auto activations = Isa::splat(buffer);
  DotBlock<Isa, kTiles, kTokens> block;
  for (std::size_t i = 0; i < n_steps; ++i) block.add(weights, activations);
  block.store(buffer);
}
template <class Isa, std::size_t kTiles, std::size_t kTokens>
[[gnu::noinline]] void walk_l1(unsigned char* buffer, std::size_t n_steps) noexcept {
  DotBlock<Isa, kTiles, kTokens> block;
  for (std::size_t i = 0; i < n_steps; ++i) {
    block.add(buffer + i * kTiles * sizeof(typename Isa::Register), buffer + 4 * i);
  }
  block.store(buffer);
}

/// The two loops of an instruction set. Plain data: the files that make them are compiled for that set alone.
struct DotLoops {
  const char* name;
  void (*walk_registers)(unsigned char* buffer, std::size_t n_steps) noexcept;
  void (*walk_l1)(unsigned char* buffer, std::size_t n_steps) noexcept;
  std::size_t n_steps;  ///< that walk through kDotBufferBytes of weights
  double macs;          ///< of n_steps
};

template <class Isa, std::size_t kTiles, std::size_t kTokens>
consteval DotLoops make_dot_loops(const char* name) {
  constexpr std::size_t n_steps = kDotBufferBytes / (kTiles * sizeof(typename Isa::Register));
  return {name, walk_registers<Isa, kTiles, kTokens>, walk_l1<Isa, kTiles, kTokens>, n_steps,
          static_cast<double>(n_steps * kTiles * kTokens * Isa::kMacs)};
}

extern const DotLoops dots_sse42;
extern const DotLoops dots_avx2;
extern const DotLoops dots_avx512vnni;
extern const DotLoops dots_amx;
extern const DotLoops dots_wasm;

/// Has the CPU tiles of bytes, and does the kernel save them? To be asked before dots_amx runs.
bool may_use_tiles() noexcept;

}  // namespace mgt::bench
