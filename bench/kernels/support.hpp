// Inputs of the kernel benchmarks and how they are named: op/arch/shape.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/table.hpp"

namespace mgt::bench {

/// n values behind a 64-byte boundary.
template <class T>
struct Buffer {
  explicit Buffer(std::size_t n)
      : size(n), data(static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64))) {
    std::fill_n(data.get(), n, T{});
  }
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::size_t size;
  std::unique_ptr<T, Free> data;
};

inline Buffer<float> normal_floats(std::size_t n) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0.0f, 1.0f);
  Buffer<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x.data.get()[i] = normal(random);
  return x;
}

/// Seconds per call of the scalar table, by operation and shape; it is registered, and so measured, first.
inline std::map<std::string, double>& scalar_seconds() {
  static std::map<std::string, double> seconds;
  return seconds;
}

/// Reports `work` units (multiply-adds, bytes, ...) per call as `unit` in 1e9 per second, and the speed against scalar.
inline void report(benchmark::State& state, const KernelTable& table, const std::string& op_shape, const char* unit,
                   double work, double elapsed_seconds) {
  const double seconds = elapsed_seconds / static_cast<double>(state.iterations());
  state.counters[unit] = work / seconds * 1e-9;
  if (std::string(table.name) == "scalar") scalar_seconds()[op_shape] = seconds;
  const auto reference = scalar_seconds().find(op_shape);
  if (reference != scalar_seconds().end()) state.counters["vs_scalar"] = reference->second / seconds;
}

/// Runs `call` under the benchmark clock and reports it. Rates are by processor time: what other programs take of the
/// core does not count.
template <class Call>
void measure(benchmark::State& state, const KernelTable& table, const std::string& op_shape, const char* unit,
             double work, Call call) {
  for (int i = 0; i < 20; ++i) call();
  const std::clock_t start = std::clock();
  for (auto _ : state) {
    call();
    benchmark::ClobberMemory();
  }
  report(state, table, op_shape, unit, work, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
}

/// Registers body(state, table, "op/shape") as op/arch/shape for every table, the reference first.
template <class Body>
void register_all(const std::string& op, const std::string& shape, Body body) {
  const auto tables = available_kernels();
  for (std::size_t i = tables.size(); i-- > 0;) {
    const KernelTable* table = tables[i];
    benchmark::RegisterBenchmark((op + "/" + table->name + "/" + shape).c_str(),
                                 [=](benchmark::State& state) { body(state, *table, op + "/" + shape); });
  }
}

}  // namespace mgt::bench
