#include "hash.hpp"

#include <bit>
#include <cstring>

namespace mgt {
namespace {

static_assert(std::endian::native == std::endian::little, "file formats and hashes here are little endian");

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87ull;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Full;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9ull;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63ull;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5ull;

template <class T>
T read(const std::byte* p) noexcept {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) noexcept {
  return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) noexcept {
  return (hash ^ round(0, lane)) * kPrime1 + kPrime4;
}

}  // namespace

std::uint64_t hash64(std::span<const std::byte> data, std::uint64_t seed) noexcept {
  const std::byte* p = data.data();
  std::size_t left = data.size();
  std::uint64_t hash;
  if (left >= 32) {
    std::uint64_t lane0 = seed + kPrime1 + kPrime2;
    std::uint64_t lane1 = seed + kPrime2;
    std::uint64_t lane2 = seed;
    std::uint64_t lane3 = seed - kPrime1;
    for (; left >= 32; left -= 32, p += 32) {
      lane0 = round(lane0, read<std::uint64_t>(p));
      lane1 = round(lane1, read<std::uint64_t>(p + 8));
      lane2 = round(lane2, read<std::uint64_t>(p + 16));
      lane3 = round(lane3, read<std::uint64_t>(p + 24));
    }
    hash = std::rotl(lane0, 1) + std::rotl(lane1, 7) + std::rotl(lane2, 12) + std::rotl(lane3, 18);
    hash = merge(merge(merge(merge(hash, lane0), lane1), lane2), lane3);
  } else {
    hash = seed + kPrime5;
  }
  hash += data.size();
  for (; left >= 8; left -= 8, p += 8) {
    hash = std::rotl(hash ^ round(0, read<std::uint64_t>(p)), 27) * kPrime1 + kPrime4;
  }
  if (left >= 4) {
    hash = std::rotl(hash ^ (read<std::uint32_t>(p) * kPrime1), 23) * kPrime2 + kPrime3;
    p += 4;
    left -= 4;
  }
  for (; left > 0; --left, ++p) {
    hash = std::rotl(hash ^ (std::to_integer<std::uint64_t>(*p) * kPrime5), 11) * kPrime1;
  }
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

}  // namespace mgt
