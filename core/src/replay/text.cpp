#include "replay/text.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "storage.hpp"

namespace mgt::replay {
namespace {

constexpr std::uint64_t kBase = 0x9E3779B185EBCA87ull;  // odd, so that no token is ever multiplied away

std::size_t n_hashes(const TextShape& shape) noexcept {
  return std::bit_ceil(std::size_t{shape.recent} + shape.longest + 1);
}

}  // namespace

Suffix make_suffix(std::uint32_t length) noexcept {
  Suffix suffix{length, 1};
  for (std::uint32_t i = 0; i < length; ++i) suffix.power *= kBase;
  return suffix;
}

std::size_t Text::plan_bytes(const TextShape& shape) noexcept {
  return aligned_size(sizeof(Position)) + aligned_size(std::size_t{shape.kept} + shape.longest) +
         aligned_size(n_hashes(shape) * sizeof(std::uint64_t));
}

Text::Text(std::span<std::byte> storage, const TextShape& shape) noexcept
    : shape_(shape), hash_mask_(n_hashes(shape) - 1) {
  assert(std::has_single_bit(shape.kept) && shape.kept >= shape.recent + shape.ahead + shape.longest);
  Carver carver(storage);
  end_ = carver.array<Position>(1);
  tokens_ = carver.array<std::uint8_t>(std::size_t{shape.kept} + shape.longest);
  hashes_ = carver.array<std::uint64_t>(n_hashes(shape));
}

void Text::reset() noexcept {
  *end_ = 0;
  std::fill_n(tokens_, std::size_t{shape_.kept} + shape_.longest, std::uint8_t{0});
  std::fill_n(hashes_, hash_mask_ + 1, std::uint64_t{0});
}

void Text::append(Position p, std::uint8_t token) noexcept {
  const std::size_t at = p & (shape_.kept - 1);
  tokens_[at] = token;
  if (at < shape_.longest) tokens_[shape_.kept + at] = token;
  hashes_[(p + 1) & hash_mask_] = hashes_[p & hash_mask_] * kBase + token + 1;
  *end_ = p + 1;
}

bool Text::same(Position a, Position b, std::uint32_t length) const noexcept {
  if (!keeps(a, length) || !keeps(b, length)) return false;
  const auto start = [&](Position last) { return tokens_ + ((last + 1 - length) & (shape_.kept - 1)); };
  return std::memcmp(start(a), start(b), length) == 0;
}

}  // namespace mgt::replay
