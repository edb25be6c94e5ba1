// Sequence cut over signatures: positions are linked where the signs of their layer-1 states agree.
#pragma once

#include "graph/sequence_cut.hpp"

namespace mgt::graph {

inline constexpr std::uint32_t kMaxSignatureBits = 512;
inline constexpr std::uint32_t kMaxSignatureWords = kMaxSignatureBits / 64;

/// Bits of a signature for a hidden size: all of it, at most 512; a multiple of 32 rounded up to whole words of zeros.
constexpr std::uint32_t signature_bits(std::uint32_t hidden) noexcept {
  return hidden < kMaxSignatureBits ? hidden : kMaxSignatureBits;
}
constexpr std::uint32_t signature_words(std::uint32_t hidden) noexcept {
  return (signature_bits(hidden) + 63) / 64;
}

/// bit i = (state[i] > mean[i]).
///
/// state  [bits] RMS-normalised layer-1 state;  mean  [bits], or nullptr for zeros
/// out    [(bits + 63) / 64]
void make_signature(const float* state, const float* mean, std::uint32_t bits, std::uint64_t* out) noexcept;

struct SimilarityCutOptions {
  std::uint32_t bits = 256;  ///< multiple of 32, at most 512
  CutOptions cut;
};

/// weight(i, j) = max(0, agreeing bits - floor(0.65 * bits)). State is plain bytes in the storage handed in.
class SimilarityCut {
 public:
  static std::size_t plan_bytes(const SimilarityCutOptions& options) noexcept;

  /// storage  plan_bytes(options) bytes, 64-byte aligned, outliving the object; initialised here.
  SimilarityCut(std::span<std::byte> storage, const SimilarityCutOptions& options) noexcept;
  void reset() noexcept;

  /// One position. signature  [(bits + 63) / 64], or nullptr for a position without one (skipped at tier 3).
  const CutReading& push(const std::uint64_t* signature) noexcept;

  const CutReading& reading() const noexcept;
  const SequenceCut& cut() const noexcept;

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  struct State;
  State* state_;
  SimilarityCutOptions options_;
};

}  // namespace mgt::graph
