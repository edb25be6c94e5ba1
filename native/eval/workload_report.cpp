#include "eval/workload_report.hpp"

#include "app/quantile.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "eval/ranking.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

double tokens_of(const SessionStats& stats) {
  return static_cast<double>(stats.tokens);
}

double kv_bytes(const SessionStats& stats) {
  return static_cast<double>(stats.kv_bytes_read + stats.kv_bytes_written);
}

/// The ratios that a stream's row and the total share.
struct Ratios {
  double speedup, layer_speedup, mac_speedup, agreement, retained, nats_loss, kv_saved;

  explicit Ratios(const StreamFigures& f) {
    const SessionStats& gated = f.gated.stats;
    const SessionStats& dense = f.dense.stats;
    speedup = ratio(f.dense.seconds, f.gated.seconds);
    layer_speedup = ratio(static_cast<double>(dense.layers_run), static_cast<double>(gated.layers_run));
    mac_speedup = ratio(static_cast<double>(dense.macs), static_cast<double>(gated.macs));
    agreement = ratio(static_cast<double>(f.agreed), tokens_of(gated));
    retained = ratio(static_cast<double>(gated.correct), static_cast<double>(dense.correct));
    nats_loss = ratio(gated.nats, dense.nats) - 1;
    kv_saved = 1 - ratio(kv_bytes(gated), kv_bytes(dense));
  }
};

Json percentiles_json(std::vector<float>& latency_us) {
  Json json;
  json["steps"] = latency_us.size();
  json["p50"] = quantile<float>(latency_us, 0.50);
  json["p99"] = quantile<float>(latency_us, 0.99);
  return json;
}

Json latency_json(StreamFigures& f) {
  Json json;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) {
    json[std::to_string(tier)] = percentiles_json(f.gated.latency_us[tier]);
  }
  // Last, as JavaScript orders such keys.
  json["dense"] = percentiles_json(f.dense.latency_us[0]);
  std::vector<float> all;
  for (const std::vector<float>& tier : f.gated.latency_us) all.insert(all.end(), tier.begin(), tier.end());
  json["gated"] = percentiles_json(all);
  return json;
}

Json scores_json(const LineScores& scores) {
  Json json;
  json["mean"] = scores.mean;
  json["max"] = scores.max;
  json["lambda"] = scores.lambda;
  return json;
}

Json stream_json(StreamFigures& f) {
  const SessionStats& gated = f.gated.stats;
  const SessionStats& dense = f.dense.stats;
  const Ratios ratios(f);
  Json json;
  json["name"] = f.name;
  json["bytes"] = gated.tokens;
  json["tiers"] = tiers_json(gated.tiers);
  json["seconds"] = f.gated.seconds;
  json["dense_seconds"] = f.dense.seconds;
  json["speedup"] = ratios.speedup;
  json["layer_speedup"] = ratios.layer_speedup;
  json["mac_speedup"] = ratios.mac_speedup;
  json["agreement"] = ratios.agreement;
  json["accuracy"] = ratio(static_cast<double>(gated.correct), tokens_of(gated));
  json["dense_accuracy"] = ratio(static_cast<double>(dense.correct), tokens_of(dense));
  json["accuracy_retained"] = ratios.retained;
  json["nats_per_byte"] = ratio(gated.nats, tokens_of(gated));
  json["dense_nats_per_byte"] = ratio(dense.nats, tokens_of(dense));
  json["nats_loss"] = ratios.nats_loss;
  json["kv_bytes"] = gated.kv_bytes_read + gated.kv_bytes_written;
  json["dense_kv_bytes"] = dense.kv_bytes_read + dense.kv_bytes_written;
  json["kv_saved"] = ratios.kv_saved;
  json["latency_us"] = latency_json(f);
  if (f.labelled) {
    Json& anomaly = json["anomaly"];
    anomaly["lines"] = f.lines;
    anomaly["anomalous"] = f.anomalous;
    anomaly["gated"] = scores_json(f.gated_scores);
    anomaly["dense"] = scores_json(f.dense_scores);
  }
  return json;
}

void add(SessionStats& sum, const SessionStats& more) {
  sum.tokens += more.tokens;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) sum.tiers[tier] += more.tiers[tier];
  sum.layers_run += more.layers_run;
  sum.macs += more.macs;
  sum.kv_bytes_read += more.kv_bytes_read;
  sum.kv_bytes_written += more.kv_bytes_written;
  sum.correct += more.correct;
  sum.nats += more.nats;
}

void add(LaneFigures& sum, const LaneFigures& more) {
  add(sum.stats, more.stats);
  sum.seconds += more.seconds;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) {
    sum.latency_us[tier].insert(sum.latency_us[tier].end(), more.latency_us[tier].begin(), more.latency_us[tier].end());
  }
}

StreamFigures total_of(const std::vector<StreamFigures>& streams) {
  StreamFigures total;
  total.name = "all";
  for (const StreamFigures& stream : streams) {
    add(total.gated, stream.gated);
    add(total.dense, stream.dense);
    total.agreed += stream.agreed;
  }
  return total;
}

std::vector<std::string> stream_row(const StreamFigures& f) {
  const Ratios r(f);
  const SessionStats& gated = f.gated.stats;
  std::vector<std::string> row{f.name, with_commas(gated.tokens), fixed(r.speedup, 2) + "x",
                               fixed(r.layer_speedup, 2) + "x"};
  for (const std::uint64_t steps : {gated.tiers[3], gated.tiers[2], gated.tiers[1], gated.tiers[0]}) {
    row.push_back(percent(ratio(static_cast<double>(steps), tokens_of(gated)), 0));
  }
  row.insert(row.end(),
             {percent(r.retained, 2), signed_percent(r.nats_loss), percent(r.agreement, 2), percent(r.kv_saved, 0)});
  return row;
}

std::string latency_table(StreamFigures& total) {
  Table table;
  table.row({dim("latency, us"), dim("steps"), dim("p50"), dim("p99")});
  const auto row = [&](const std::string& name, std::vector<float>& us) {
    table.row({name, with_commas(us.size()), fixed(quantile<float>(us, 0.5), 1), fixed(quantile<float>(us, 0.99), 1)});
  };
  row("dense", total.dense.latency_us[0]);
  for (std::size_t tier = 0; tier < kTierCount; ++tier) {
    row("tier " + std::to_string(tier), total.gated.latency_us[tier]);
  }
  return table.text();
}

std::string anomaly_table(const std::vector<StreamFigures>& streams) {
  Table table;
  table.row({dim("anomalous lines, AUROC"), dim("lines"), dim("anomalous"), dim("mean, gated"), dim("dense"),
             dim("max, gated"), dim("dense"), dim("lambda, gated"), dim("dense")});
  bool any = false;
  for (const StreamFigures& f : streams) {
    if (!f.labelled) continue;
    any = true;
    table.row({f.name, with_commas(f.lines), with_commas(f.anomalous), fixed(f.gated_scores.mean, 3),
               fixed(f.dense_scores.mean, 3), fixed(f.gated_scores.max, 3), fixed(f.dense_scores.max, 3),
               fixed(f.gated_scores.lambda, 3), fixed(f.dense_scores.lambda, 3)});
  }
  return any ? "\n" + table.text() : "";
}

}  // namespace

Json workload_json(const WorkloadRun& run, std::vector<StreamFigures>& streams) {
  Json json;
  json["workload"] = run.workload.name;
  json["part"] = name_of(run.part);
  json["warm"] = run.warm;
  json["model"] = run.gated.model().name();
  json["policy"] = mgt::name_of(run.gated.policy_kind());
  json["kv"] = name_of(run.gated.kv_mode());
  json["arch"] = current_arch();
  json["streams"] = Json::array();
  StreamFigures total = total_of(streams);
  for (StreamFigures& stream : streams) json["streams"].push_back(stream_json(stream));
  json["total"] = stream_json(total);
  return json;
}

std::string workload_text(const WorkloadRun& run, std::vector<StreamFigures>& streams) {
  std::string text =
      bold(run.workload.name) + (run.workload.description.empty() ? "" : ": " + run.workload.description) + "\n" +
      dim("model ") + run.gated.model().name() + dim("  policy ") + mgt::name_of(run.gated.policy_kind()) +
      dim("  arch ") + current_arch() + dim("  part ") + name_of(run.part) + (run.warm ? ", warm" : "") + "\n\n";
  Table table;
  table.row({dim("stream"), dim("bytes"), dim("faster"), dim("layers"), dim("tier 3"), dim("2"), dim("1"), dim("0"),
             dim("accuracy kept"), dim("nats"), dim("agreement"), dim("KV saved")});
  for (const StreamFigures& stream : streams) table.row(stream_row(stream));
  StreamFigures total = total_of(streams);
  if (streams.size() > 1) table.row(stream_row(total));
  return text + table.text() + "\n" + latency_table(total) + anomaly_table(streams);
}

}  // namespace mgt::cli
