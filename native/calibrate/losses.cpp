#include "calibrate/losses.hpp"

#include <algorithm>

#include "app/failure.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

constexpr float kNever = 2;  // no probability reaches it
constexpr float kMemory[] = {kNever, 0.9999f, 0.9995f, 0.999f, 0.998f, 0.995f, 0.99f,
                             0.98f,  0.95f,   0.9f,    0.8f,   0.65f,  0.5f};
constexpr float kExit[] = {0.9995f, 0.998f, 0.99f, 0.98f, 0.95f, 0.9f, 0.8f, 0.65f, 0.5f, 0.3f};

/// An exit may be less sure than the memory, whose wrong answers leave a hole in the states as well, but not by much.
float lowest_exit(float memory) {
  const float doubt = 1 - std::min(memory, 1.0f);
  return 1 - (0.055f + 5 * doubt);
}

}  // namespace

std::vector<Thresholds> candidate_thresholds() {
  std::vector<Thresholds> candidates;
  for (const float memory : kMemory) {
    for (const float exit : kExit) {
      if (exit <= memory && exit >= lowest_exit(memory)) candidates.push_back({memory, exit});
    }
  }
  return candidates;
}

bool riskier(const Thresholds& a, const Thresholds& b) noexcept {
  return a.memory_confidence <= b.memory_confidence && a.exit_confidence <= b.exit_confidence;
}

std::size_t block_bytes_for(std::uint64_t total_bytes) {
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(total_bytes / 128, 256, 4096));
}

BlockLosses measure_losses(const Model& model, const SessionOptions& options,
                           std::span<const std::vector<std::uint8_t>> streams, std::size_t block_bytes,
                           const std::function<void(std::uint64_t)>& tick) {
  Session session = open_session(model, options);
  BlockLosses losses;
  std::uint64_t done = 0;
  for (const std::vector<std::uint8_t>& stream : streams) {
    session.reset();
    for (std::size_t at = 0; at + block_bytes <= stream.size(); at += block_bytes) {
      const double before = session.stats().nats;
      for (std::size_t i = at; i < at + block_bytes; ++i) unwrap(session.step(stream[i]), "");
      losses.nats.push_back(session.stats().nats - before);
      done += block_bytes;
      tick(done);
    }
    losses.macs += session.stats().macs;
  }
  return losses;
}

}  // namespace mgt::cli
