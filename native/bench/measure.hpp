// One benchmark case: a session, a mode, a tier, timed run by run beside the scalar kernels.
#pragma once

#include <cstdint>
#include <string>

#include "mgt/session.hpp"

namespace mgt::cli {

enum class BenchMode { step, window, push };

struct BenchCase {
  BenchMode mode = BenchMode::step;
  Tier tier = Tier::full;
  std::uint32_t runs = 1000;
  bool memory = true;
  std::uint32_t every = 16;  ///< push: tokens per answer asked for
  float capacity = 1;        ///< window: SessionOptions::window_capacity
};

/// Times in microseconds; rates from the median run.
struct BenchResult {
  std::uint32_t runs = 0;
  std::uint32_t tokens = 0;  ///< of one run
  double p50_us = 0;
  double p99_us = 0;
  double scalar_p50_us = 0;
  double stepping_p50_us = 0;  ///< push: as many steps at tier 0, in the same rounds
  double macs = 0;             ///< int8 multiply-adds of one run, on average
  double read_limit = 0;       ///< GB/s that this core reads from a buffer of `bytes`; 0 where nothing is read
  double bytes = 0;            ///< weights of the layers and the head that run, read once, and the KV cache's traffic

  double gmacs() const noexcept { return macs / p50_us * 1e-3; }
  double gbytes_per_second() const noexcept { return bytes / p50_us * 1e-3; }
};

/// Warms up, then alternates rounds on the kernels in force and on the scalar ones, in one session: both see the same
/// stream and the same machine. Scalar rounds are as long in time, so there are fewer scalar runs.
BenchResult measure(const Model& model, const BenchCase& bench);

}  // namespace mgt::cli
