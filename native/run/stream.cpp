#include "run/stream.hpp"

#include "app/clock.hpp"
#include "app/failure.hpp"

namespace mgt::cli {
namespace {

/// Steps through `block`, hands every witness to `keep`, and adds the time to the lane's.
template <class Keep>
void timed_steps(Lane& lane, std::span<const std::uint8_t> block, Keep&& keep) {
  lane.tops.clear();
  const double start = thread_seconds();
  for (const std::uint8_t byte : block) {
    const Expected<StepView> view = lane.session.step(byte);
    if (!view) fail_with(view.error(), "");
    lane.tops.push_back(view->witness->top_token);
    keep(*view->witness);
  }
  lane.seconds += thread_seconds() - start;
}

Lane make_lane(Session session) {
  Lane lane{.session = std::move(session), .seconds = 0, .tops = {}, .tokens_before = 0};
  lane.tokens_before = lane.session.stats().tokens;
  lane.tops.reserve(kBlockBytes);
  return lane;
}

}  // namespace

Stream::Stream(Session gated, std::optional<Session> dense, bool keep_witnesses)
    : gated_(make_lane(std::move(gated))), keep_witnesses_(keep_witnesses) {
  if (dense) dense_ = make_lane(std::move(*dense));
  if (keep_witnesses_) witnesses_.reserve(kBlockBytes);
}

void Stream::run_gated(std::span<const std::uint8_t> block) {
  witnesses_.clear();
  if (keep_witnesses_) {
    timed_steps(gated_, block, [this](const Witness& witness) { witnesses_.push_back(witness); });
  } else {
    timed_steps(gated_, block, [](const Witness&) {});
  }
}

void Stream::run_block(std::span<const std::uint8_t> block) {
  const auto run_dense = [&] { timed_steps(*dense_, block, [](const Witness&) {}); };
  if (!dense_) return run_gated(block);
  if (dense_first_) run_dense();
  run_gated(block);
  if (!dense_first_) run_dense();
  dense_first_ = !dense_first_;
  for (std::size_t i = 0; i < block.size(); ++i) agreed_ += gated_.tops[i] == dense_->tops[i] ? 1 : 0;
}

}  // namespace mgt::cli
