#include "eval/streaming.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "app/clock.hpp"
#include "app/failure.hpp"
#include "eval/ranking.hpp"
#include "run/stream.hpp"

namespace mgt::cli {
namespace {

using Clock = std::chrono::steady_clock;

void run_block(Session& session, std::span<const std::uint8_t> block, LaneFigures& lane) {
  const double start = thread_seconds();
  Clock::time_point before = Clock::now();
  for (const std::uint8_t byte : block) {
    const StepView view = unwrap(session.step(byte), "");
    const Clock::time_point after = Clock::now();
    const Witness& witness = *view.witness;
    lane.latency_us[static_cast<std::size_t>(witness.tier)].push_back(
        std::chrono::duration<float, std::micro>(after - before).count());
    lane.surprise.push_back(witness.surprise);
    lane.lambda.push_back(static_cast<std::uint16_t>(witness.lambda));
    lane.tops.push_back(static_cast<std::uint8_t>(witness.top_token));
    before = Clock::now();
  }
  lane.seconds += thread_seconds() - start;
}

/// The totals of the steps between two moments.
SessionStats since(const SessionStats& before, const SessionStats& after) {
  SessionStats stats = after;
  stats.tokens -= before.tokens;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) stats.tiers[tier] -= before.tiers[tier];
  stats.layers_run -= before.layers_run;
  stats.layers_caught_up -= before.layers_caught_up;
  stats.layers_replayed -= before.layers_replayed;
  stats.kv_projections -= before.kv_projections;
  stats.macs -= before.macs;
  stats.kv_bytes_read -= before.kv_bytes_read;
  stats.kv_bytes_written -= before.kv_bytes_written;
  stats.correct -= before.correct;
  stats.nats -= before.nats;
  stats.model_nats -= before.model_nats;
  stats.model_tokens -= before.model_tokens;
  return stats;
}

/// Whether each line of the stream is anomalous; bytes behind the last newline are no line.
std::vector<bool> line_labels(const WorkloadStream& stream) {
  std::vector<bool> labels(static_cast<std::size_t>(std::count(stream.bytes.begin(), stream.bytes.end(), '\n')));
  for (const auto& [begin, end] : stream.anomalies) {
    std::fill(labels.begin() + static_cast<std::ptrdiff_t>(begin), labels.begin() + static_cast<std::ptrdiff_t>(end),
              true);
  }
  return labels;
}

LineScores score_lines(const WorkloadStream& stream, const std::vector<bool>& labels, const LaneFigures& lane) {
  std::vector<double> means[2], largest[2], incoherent[2];
  std::size_t begin = 0, line = 0;
  for (std::size_t i = 0; i < stream.bytes.size() && line < labels.size(); ++i) {
    if (stream.bytes[i] != '\n') continue;
    const auto surprise = std::span(lane.surprise).subspan(begin, i + 1 - begin);
    const auto lambda = std::span(lane.lambda).subspan(begin, i + 1 - begin);
    const bool label = labels[line];
    means[label].push_back(std::accumulate(surprise.begin(), surprise.end(), 0.0) /
                           static_cast<double>(surprise.size()));
    largest[label].push_back(double{std::ranges::max(surprise)});
    incoherent[label].push_back(-static_cast<double>(std::ranges::min(lambda)));
    begin = i + 1;
    ++line;
  }
  return {roc_area(means[1], means[0]), roc_area(largest[1], largest[0]), roc_area(incoherent[1], incoherent[0])};
}

}  // namespace

StreamFigures measure_stream(const WorkloadStream& stream, bool warm, Session& gated, Session& dense,
                             const std::function<void(std::uint64_t)>& tick) {
  StreamFigures figures;
  figures.name = stream.name;
  gated.reset();
  dense.reset();
  if (warm) {
    for (const std::uint8_t byte : stream.before) {
      unwrap(gated.step(byte), "");
      unwrap(dense.step(byte), "");
    }
  }
  const SessionStats gated_before = gated.stats(), dense_before = dense.stats();
  bool dense_first = false;
  for (std::size_t at = 0; at < stream.bytes.size(); at += kBlockBytes) {
    const auto block = std::span(stream.bytes).subspan(at, std::min(kBlockBytes, stream.bytes.size() - at));
    if (dense_first) run_block(dense, block, figures.dense);
    run_block(gated, block, figures.gated);
    if (!dense_first) run_block(dense, block, figures.dense);
    dense_first = !dense_first;
    tick(at + block.size());
  }
  figures.gated.stats = since(gated_before, gated.stats());
  figures.dense.stats = since(dense_before, dense.stats());
  for (std::size_t i = 0; i < figures.gated.tops.size(); ++i) {
    figures.agreed += figures.gated.tops[i] == figures.dense.tops[i] ? 1 : 0;
  }
  figures.labelled = stream.labelled;
  if (stream.labelled) {
    const std::vector<bool> labels = line_labels(stream);
    figures.lines = labels.size();
    figures.anomalous = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), true));
    figures.gated_scores = score_lines(stream, labels, figures.gated);
    figures.dense_scores = score_lines(stream, labels, figures.dense);
  }
  return figures;
}

}  // namespace mgt::cli
