// Sequence cut without a network: positions are linked where the two bytes that end at them are equal.
#pragma once

#include "graph/sequence_cut.hpp"

namespace mgt::graph {

/// weight(i, j) = 1 where bytes i-1, i equal bytes j-1, j. State is plain bytes in the storage handed in.
class BigramCut {
 public:
  static std::size_t plan_bytes(const CutOptions& options) noexcept;

  /// storage  plan_bytes(options) bytes, 64-byte aligned, outliving the object; initialised here.
  BigramCut(std::span<std::byte> storage, const CutOptions& options) noexcept;
  void reset() noexcept;

  /// One byte. About 0.1 us.
  const CutReading& push(std::uint8_t byte) noexcept;

  const CutReading& reading() const noexcept;
  const SequenceCut& cut() const noexcept;

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  struct State;
  State* state_;
  CutOptions options_;
};

}  // namespace mgt::graph
