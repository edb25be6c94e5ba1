// mgt_limits: what this core can do at most, as JSON: int8 multiply-adds per second by instruction set, bytes per
// second read from as much memory as the models' weights take. The kernels' figures are held against these, measured on
// the same machine in the same minute.
//
// Each figure is the best of many short runs in alternating rounds: what other programs take of the core does not
// count.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "limits/limit.hpp"

namespace {

using mgt::bench::Limit;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 12;
constexpr double kRunSeconds = 5e-4;
constexpr double kRoundSeconds = 0.02;

struct Timed {
  Limit limit;
  int repeats = 1;            ///< per timed run
  double best_seconds = 1e9;  ///< of one repeat
};

double run(const Timed& timed, unsigned char* buffer) {
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < timed.repeats; ++i) timed.limit.run(buffer);
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void run_round(Timed& timed, unsigned char* buffer) {
  const Clock::time_point start = Clock::now();
  while (std::chrono::duration<double>(Clock::now() - start).count() < kRoundSeconds) {
    timed.best_seconds = std::min(timed.best_seconds, run(timed, buffer) / timed.repeats);
  }
}

void print(const std::vector<Timed>& all) {
  std::printf("[\n");
  for (const Timed& timed : all) {
    const Limit& limit = timed.limit;
    const double rate = limit.work / timed.best_seconds * 1e-9;
    std::printf("  {\"what\": \"%s\", \"where\": \"%s\", ", limit.what.c_str(), limit.where.c_str());
    if (limit.what == "read") {
      std::printf("\"size_bytes\": %zu, \"gbytes_per_second\": %.1f}", limit.size_bytes, rate);
    } else {
      std::printf("\"gmacs\": %.1f}", rate);
    }
    std::printf("%s\n", &timed == &all.back() ? "" : ",");
  }
  std::printf("]\n");
}

}  // namespace

int main() {
  auto* buffer = static_cast<unsigned char*>(std::aligned_alloc(64, mgt::bench::kBufferBytes));
  std::memset(buffer, 1, mgt::bench::kBufferBytes);
  std::vector<Timed> all;
  for (const Limit& limit : mgt::bench::dot_limits()) all.push_back({limit});
  for (const Limit& limit : mgt::bench::read_limits()) all.push_back({limit});
  for (Timed& timed : all) {
    run(timed, buffer);
    while (run(timed, buffer) < kRunSeconds) timed.repeats *= 2;
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Timed& timed : all) run_round(timed, buffer);
  }
  print(all);
  std::free(buffer);
}
