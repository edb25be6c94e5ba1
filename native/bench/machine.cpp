#include "bench/machine.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "multiversion.hpp"

namespace mgt::cli {
namespace {

using Words = std::uint64_t __attribute__((vector_size(64)));

/// Four vectors, each on an accumulator of its own. The alignment is spelt out: std::vector<Words> loses it in g++ 12.
struct alignas(64) Group {
  Words words[4];
};

/// Sums `n` groups: nothing but loads and as many adds, on the widest registers of this CPU.
MGT_WIDEST std::uint64_t read_all(const Group* groups, std::size_t n) {
  Words a{}, b{}, c{}, d{};
  for (std::size_t i = 0; i < n; ++i) {
    a += groups[i].words[0];
    b += groups[i].words[1];
    c += groups[i].words[2];
    d += groups[i].words[3];
  }
  a += b;
  c += d;
  a += c;
  return a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7];
}

}  // namespace

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
  const std::vector<Group> groups(std::max<std::size_t>(1, bytes / sizeof(Group)));
  const std::size_t read = groups.size() * sizeof(Group);
  const std::size_t passes = std::max<std::size_t>(1, (std::size_t{4} << 20) / read);
  std::vector<double> rates;
  volatile std::uint64_t sink = 0;
  const Clock::time_point start = Clock::now();
  while (rates.size() < 5 || Clock::now() - start < std::chrono::milliseconds(50)) {
    const Clock::time_point before = Clock::now();
    for (std::size_t pass = 0; pass < passes; ++pass) sink = sink + read_all(groups.data(), groups.size());
    const double seconds = std::chrono::duration<double>(Clock::now() - before).count();
    rates.push_back(static_cast<double>(read * passes) / seconds);
  }
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  return rates[rates.size() / 2];
}

}  // namespace mgt::cli
