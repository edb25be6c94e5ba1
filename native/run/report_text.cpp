#include <array>

#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "mgt/kernels.hpp"
#include "run/report.hpp"

namespace mgt::cli {
namespace {

constexpr std::array<const char*, kTierCount> kTierNames{"0 full", "1 reduced", "2 safe", "3 skip"};

/// A lane's figures per byte.
struct Figures {
  double nats, accuracy, microseconds, layers, replayed;

  explicit Figures(const Lane& lane) {
    const SessionStats& stats = lane.session.stats();
    const double tokens = static_cast<double>(stats.tokens);
    nats = ratio(stats.nats, tokens);
    accuracy = ratio(static_cast<double>(stats.correct), tokens);
    microseconds = ratio(1e6 * lane.seconds, static_cast<double>(lane.tokens()));
    layers = ratio(static_cast<double>(stats.layers_run), tokens);
    replayed = ratio(static_cast<double>(stats.layers_replayed), tokens);
  }
};

std::string headline(const Stream& stream, bool memory) {
  const Session& session = stream.gated().session;
  return bold(session.model().name()) + dim("  policy ") + mgt::name_of(session.policy_kind()) + dim("  arch ") +
         current_arch() + dim("  kv ") + name_of(session.kv_mode()) + dim("  window ") +
         std::to_string(session.window()) + dim("  memory ") + (memory ? "on" : "off") + "\n";
}

/// What verify needs to run such a trace again.
std::string deadline_line(const Stream& stream, const SessionOptions& options) {
  if (options.deadline_us == 0) return "";
  std::string bounds;
  for (const float us : options.step_bound_us) bounds += (bounds.empty() ? "" : ",") + Json(us).dump();
  const auto tier = static_cast<std::size_t>(stream.gated().session.deadline_tier());
  return "deadline " + Json(options.deadline_us).dump() + " us, at deepest tier " + kTierNames[tier] +
         "; --step-bounds " + bounds + "\n";
}

std::string tier_table(const SessionStats& stats) {
  Table table;
  table.row({dim("tier"), dim("steps"), dim("share")});
  for (std::size_t tier = 0; tier < kTierCount; ++tier) {
    const double share = ratio(static_cast<double>(stats.tiers[tier]), static_cast<double>(stats.tokens));
    table.row({kTierNames[tier], with_commas(stats.tiers[tier]), percent(share), bar(share, 20)});
  }
  return table.text();
}

std::string figures_table(const Stream& stream) {
  const Figures gated(stream.gated());
  Table table;
  if (!stream.dense()) {
    table.row({"nats per byte", fixed(gated.nats, 4)});
    table.row({"accuracy", percent(gated.accuracy, 2)});
    table.row({"microseconds per byte", fixed(gated.microseconds, 2)});
    table.row({"layers per byte", fixed(gated.layers, 3)});
    table.row({"replayed per byte", fixed(gated.replayed, 3)});
    return table.text();
  }
  const Figures dense(*stream.dense());
  table.row({"", dim("gated"), dim("dense"), ""});
  table.row({"nats per byte", fixed(gated.nats, 4), fixed(dense.nats, 4), signed_percent(gated.nats / dense.nats - 1)});
  table.row({"accuracy", percent(gated.accuracy, 2), percent(dense.accuracy, 2), ""});
  table.row({"microseconds per byte", fixed(gated.microseconds, 2), fixed(dense.microseconds, 2),
             fixed(ratio(dense.microseconds, gated.microseconds), 2) + "x"});
  table.row({"layers per byte", fixed(gated.layers, 3), fixed(dense.layers, 3),
             fixed(ratio(dense.layers, gated.layers), 2) + "x"});
  table.row({"replayed per byte", fixed(gated.replayed, 3), fixed(dense.replayed, 3), ""});
  const double tokens = static_cast<double>(stream.gated().session.stats().tokens);
  table.row({"same best guess", percent(ratio(static_cast<double>(stream.agreed()), tokens), 2), "", ""});
  return table.text();
}

/// What the gate was good for, in one sentence.
std::string verdict(const Stream& stream) {
  const Session& session = stream.gated().session;
  const Figures gated(stream.gated());
  const double work = 1 - gated.layers / session.model().config().n_layers;
  if (!stream.dense()) {
    return "Left out " + percent(work) + " of the layer work of a dense run; --compare measures one beside it.\n";
  }
  const Figures dense(*stream.dense());
  const double time = 1 - gated.microseconds / dense.microseconds;
  const bool same = session.stats().logits_hash == stream.dense()->session.stats().logits_hash;
  const std::string saved = "Saved " + percent(work) + " of the layer work";
  return (time >= 0 ? green(saved + " and " + percent(time) + " of the time")
                    : saved + " and took " + percent(-time) + " more time") +
         ", " +
         (same ? "bit for bit the dense answers.\n"
               : "for " + signed_percent(gated.nats / dense.nats - 1) + " nats per byte.\n");
}

}  // namespace

std::string run_text(const Stream& stream, const SessionOptions& options) {
  const SessionStats& stats = stream.gated().session.stats();
  const std::uint64_t tokens = stream.gated().tokens();
  const double seconds = stream.gated().seconds;
  return headline(stream, options.memory) + deadline_line(stream, options) + counted(tokens, "byte") + " in " +
         duration_text(seconds) + ", " + bytes_text(ratio(static_cast<double>(tokens), seconds)) + "/s; KV cache " +
         bytes_text(static_cast<double>(stats.kv_bytes_read)) + " read, " +
         bytes_text(static_cast<double>(stats.kv_bytes_written)) + " written\n\n" + tier_table(stats) + "\n" +
         figures_table(stream) + "\n" + verdict(stream);
}

}  // namespace mgt::cli
