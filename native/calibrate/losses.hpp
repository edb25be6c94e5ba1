// What every threshold costs on a user's own streams, block by block.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mgt/session.hpp"

namespace mgt::cli {

/// The values of GatePolicy::energy_max that calibration looks at, the safest first.
std::span<const float> candidate_energies();

/// One session's nats per block of bytes, over all streams one after another, and its multiply-adds.
struct BlockLosses {
  std::vector<double> nats;
  std::uint64_t macs = 0;
};

/// Splits streams into blocks: about 128 of them, of 256 to 4096 bytes. A stream's last bytes that fill no block count
/// for nothing.
std::size_t block_bytes_for(std::uint64_t total_bytes);

/// Steps a fresh session through every stream. tick: bytes done so far, now and then.
BlockLosses measure_losses(const Model& model, const SessionOptions& options,
                           std::span<const std::vector<std::uint8_t>> streams, std::size_t block_bytes,
                           const std::function<void(std::uint64_t)>& tick);

}  // namespace mgt::cli
