#include "calibrate/losses.hpp"

#include <algorithm>

#include "app/failure.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

// A tenth apart where most thresholds end up, a fifth below: a gap is loss that was allowed and brings nothing.
constexpr float kEnergies[] = {0.0002f, 0.0004f, 0.0007f, 0.001f,  0.0012f, 0.0014f, 0.0017f, 0.002f,  0.0024f, 0.0028f,
                               0.0033f, 0.0039f, 0.0046f, 0.0054f, 0.0063f, 0.0074f, 0.0086f, 0.01f,   0.011f,  0.012f,
                               0.0135f, 0.015f,  0.0165f, 0.018f,  0.02f,   0.022f,  0.024f,  0.0265f, 0.029f,  0.032f,
                               0.035f,  0.0385f, 0.042f,  0.046f,  0.05f,   0.055f,  0.06f,   0.066f,  0.072f,  0.08f,
                               0.088f,  0.096f,  0.105f,  0.115f,  0.125f,  0.14f,   0.155f,  0.17f,   0.19f,   0.21f,
                               0.23f,   0.25f,   0.28f,   0.32f,   0.36f,   0.4f,    0.5f};

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
