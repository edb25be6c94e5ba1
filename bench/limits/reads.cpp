// Reading as much as the models' weights are, again and again.
#include <cstring>

#include "bench/read_loop.hpp"
#include "limits/limit.hpp"

namespace mgt::bench {

std::vector<Limit> read_limits() {
  std::vector<Limit> limits;
  // A step's weights: micro in int4 and int8, baseline in int4 and int8; and what no cache near the core holds.
  for (const std::size_t kib : {16, 224, 448, 1024, 1728, 3392, 16384}) {
    const std::size_t bytes = kib * 1024;
    const auto run = [=](unsigned char* buffer) {
      const ReadSums sums = read_all(reinterpret_cast<const std::uint64_t*>(buffer), bytes / sizeof(std::uint64_t));
      std::memcpy(buffer, sums.data(), sizeof sums);
    };
    limits.push_back({"read", "memory", bytes, static_cast<double>(bytes), run});
  }
  return limits;
}

}  // namespace mgt::bench
