#include "calibrate/losses.hpp"

#include <algorithm>

#include "app/failure.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

constexpr float kEnergies[] = {0.0002f, 0.0003f, 0.0004f, 0.0005f, 0.0007f, 0.001f, 0.0013f, 0.0016f, 0.002f, 0.0025f,
                               0.003f,  0.004f,  0.005f,  0.0065f, 0.008f,  0.01f,  0.013f,  0.016f,  0.02f,  0.025f,
                               0.03f,   0.035f,  0.04f,   0.045f,  0.05f,   0.06f,  0.07f,   0.08f,   0.1f,   0.12f,
                               0.15f,   0.175f,  0.2f,    0.25f,   0.3f,    0.4f,   0.5f};

}  // namespace

std::span<const float> candidate_energies() {
  return kEnergies;
}

std::size_t block_bytes_for(std::uint64_t total_bytes) {
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(total_bytes / 128, 256, 4096));
}

BlockLosses measure_losses(const Model& model, const SessionOptions& options,
                           std::span<const std::vector<std::uint8_t>> streams, const BlockPlan& plan,
                           const std::function<void(std::uint64_t)>& tick) {
  Session session = open_session(model, options);
  BlockLosses losses;
  std::uint64_t done = 0;
  for (const std::vector<std::uint8_t>& stream : streams) {
    session.reset();
    auto rest = std::span<const std::uint8_t>(stream);
    const auto step_through = [&](std::size_t bytes) {
      for (const std::uint8_t byte : rest.first(bytes)) unwrap(session.step(byte), "");
      rest = rest.subspan(bytes);
      done += bytes;
      tick(done);
    };
    step_through(std::min(plan.warm_up, rest.size()));
    const std::uint64_t macs_before = session.stats().macs;
    while (rest.size() >= plan.block_bytes) {
      const double before = session.stats().nats;
      step_through(plan.block_bytes);
      losses.nats.push_back(session.stats().nats - before);
    }
    losses.macs += session.stats().macs - macs_before;
  }
  return losses;
}

}  // namespace mgt::cli
