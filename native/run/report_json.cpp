#include "app/session_flags.hpp"
#include "mgt/kernels.hpp"
#include "run/report.hpp"

namespace mgt::cli {
namespace {

double tokens_of(const SessionStats& stats) {
  return static_cast<double>(stats.tokens);
}

Json dense_json(const Lane& dense) {
  const SessionStats& stats = dense.session.stats();
  Json json;
  json["seconds"] = dense.seconds;
  json["accuracy"] = ratio(static_cast<double>(stats.correct), tokens_of(stats));
  json["nats_per_byte"] = ratio(stats.nats, tokens_of(stats));
  json["logits_hash"] = hex16(stats.logits_hash);
  json["layers_run"] = stats.layers_run;
  return json;
}

}  // namespace

Json run_json(const Stream& stream, const SessionOptions& options) {
  const Session& session = stream.gated().session;
  const SessionStats& stats = session.stats();
  const std::uint64_t tokens = stream.gated().tokens();
  const double seconds = stream.gated().seconds;
  Json json;
  json["model"] = session.model().name();
  json["policy"] = mgt::name_of(session.policy_kind());
  json["arch"] = current_arch();
  json["tokens"] = tokens;
  json["seconds"] = seconds;
  json["tokens_per_second"] = ratio(static_cast<double>(tokens), seconds);
  json["tiers"] = tiers_json(stats.tiers);
  json["layers_run"] = stats.layers_run;
  json["layers_replayed"] = stats.layers_replayed;
  json["replayed_layers"] = stats.layers_replayed;
  json["layers_caught_up"] = stats.layers_caught_up;
  json["kv_projections"] = stats.kv_projections;
  json["macs"] = stats.macs;
  json["accuracy"] = ratio(static_cast<double>(stats.correct), tokens_of(stats));
  json["nats_per_byte"] = ratio(stats.nats, tokens_of(stats));
  json["transformer_nats_per_byte"] = ratio(stats.model_nats, static_cast<double>(stats.model_tokens));
  json["kv_bytes_read"] = stats.kv_bytes_read;
  json["kv_bytes_written"] = stats.kv_bytes_written;
  json["logits_hash"] = hex16(stats.logits_hash);
  json["kv"] = name_of(session.kv_mode());
  json["window"] = session.window();
  json["memory"] = options.memory;
  if (options.deadline_us > 0) {
    json["deadline"] = {{"us", options.deadline_us},
                        {"step_bounds_us", options.step_bound_us},
                        {"tier", static_cast<int>(session.deadline_tier())}};
  }
  if (!stream.dense()) return json;

  const Lane& dense = *stream.dense();
  json["dense"] = dense_json(dense);
  json["agreement"] = ratio(static_cast<double>(stream.agreed()), tokens_of(stats));
  json["speedup"] = ratio(dense.seconds, seconds);
  json["layer_speedup"] =
      ratio(static_cast<double>(dense.session.stats().layers_run), static_cast<double>(stats.layers_run));
  return json;
}

}  // namespace mgt::cli
