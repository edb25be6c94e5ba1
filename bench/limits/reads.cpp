// Reading at the widest registers there are: as fast as a product over weights of that size could ever be.
#include <climits>  // defines __GLIBC__
#include <cstdint>

#include "limits/limit.hpp"

namespace mgt::bench {
namespace {

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
#define MGT_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
constexpr std::size_t kWordBytes = 64;
#elif defined(__wasm__)
#define MGT_WIDEST
constexpr std::size_t kWordBytes = 16;
#else
#define MGT_WIDEST
constexpr std::size_t kWordBytes = 64;
#endif

using Words = std::uint64_t __attribute__((vector_size(kWordBytes)));

/// Four sums in flight: nothing but loads and as many adds.
MGT_WIDEST void read_all(unsigned char* buffer, std::size_t size_bytes) {
  Words sums[4] = {};
  const auto* words = reinterpret_cast<const Words*>(buffer);
  for (const Words* end = words + size_bytes / kWordBytes; words != end; words += 4) {
    sums[0] += words[0];
    sums[1] += words[1];
    sums[2] += words[2];
    sums[3] += words[3];
  }
  *reinterpret_cast<Words*>(buffer) = (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

std::vector<Limit> read_limits() {
  std::vector<Limit> limits;
  // A step's weights: micro in int4 and int8, baseline in int4 and int8; and what no cache near the core holds.
  for (const std::size_t kib : {16, 224, 448, 1024, 1728, 3392, 16384}) {
    const std::size_t bytes = kib * 1024;
    limits.push_back(
        {"read", "memory", bytes, static_cast<double>(bytes), [=](unsigned char* buffer) { read_all(buffer, bytes); }});
  }
  return limits;
}

}  // namespace mgt::bench
