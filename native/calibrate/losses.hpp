// What every threshold costs on a user's own streams, block by block.
#pragma once

#include <algorithm>
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

/// Splits streams into blocks: about 128 of them, of 256 to 4096 bytes.
std::size_t block_bytes_for(std::uint64_t total_bytes);

/// How a stream is cut: its first warm_up bytes fill the memory and count for nothing, then come blocks; last bytes
/// that fill no block are left out.
struct BlockPlan {
  std::size_t warm_up = 0;
  std::size_t block_bytes = 0;

  std::size_t blocks_of(std::size_t stream_bytes) const {
    return stream_bytes > warm_up ? (stream_bytes - warm_up) / block_bytes : 0;
  }
  std::size_t stepped(std::size_t stream_bytes) const {
    return std::min(warm_up, stream_bytes) + blocks_of(stream_bytes) * block_bytes;
  }
};

/// Steps a fresh session through every stream. tick: bytes done so far, now and then.
BlockLosses measure_losses(const Model& model, const SessionOptions& options,
                           std::span<const std::vector<std::uint8_t>> streams, const BlockPlan& plan,
                           const std::function<void(std::uint64_t)>& tick);

}  // namespace mgt::cli
