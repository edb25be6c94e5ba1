#include "bench/machine.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/read_loop.hpp"

namespace mgt::cli {

bool pin_to_one_cpu() noexcept {
  const int cpu = ::sched_getcpu();
  if (cpu < 0) return false;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  return ::sched_setaffinity(0, sizeof only, &only) == 0;
}

double read_bandwidth(std::size_t bytes) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kGroupBytes = bench::kReadLanes * sizeof(std::uint64_t);
  const std::size_t read = std::max<std::size_t>(1, bytes / kGroupBytes) * kGroupBytes;
  const std::vector<std::uint64_t> words(read / sizeof(std::uint64_t));
  const std::size_t passes = std::max<std::size_t>(1, (std::size_t{4} << 20) / read);
  std::vector<double> rates;
  volatile std::uint64_t sink = 0;
  const Clock::time_point start = Clock::now();
  while (rates.size() < 5 || Clock::now() - start < std::chrono::milliseconds(50)) {
    const Clock::time_point before = Clock::now();
    for (std::size_t pass = 0; pass < passes; ++pass) sink = sink + bench::read_all(words.data(), words.size())[0];
    const double seconds = std::chrono::duration<double>(Clock::now() - before).count();
    rates.push_back(static_cast<double>(read * passes) / seconds);
  }
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  return rates[rates.size() / 2];
}

}  // namespace mgt::cli
