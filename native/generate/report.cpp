#include "generate/report.hpp"

#include <array>

#include "app/terminal.hpp"
#include "app/utf8.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

std::array<std::uint64_t, kTierCount> tiers_of(const Generated& made) {
  std::array<std::uint64_t, kTierCount> tiers = made.total.tiers;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) tiers[tier] -= made.prompt.tiers[tier];
  return tiers;
}

double count(std::uint64_t n) noexcept {
  return static_cast<double>(n);
}

double acceptance(const GenerateStats& stats) noexcept {
  return ratio(count(stats.accepted), count(stats.drafted));
}

double tokens_per_round(const GenerateStats& stats) noexcept {
  return ratio(count(stats.tokens), count(stats.rounds));
}

Json to_json(const TokenLogprob& token) {
  Json json;
  json["token"] = token.token;
  json["logprob"] = static_cast<double>(token.logprob);
  return json;
}

Json to_json(const std::vector<ByteLogprobs>& logprobs) {
  Json list = Json::array();
  for (const ByteLogprobs& byte : logprobs) {
    Json json = to_json(byte.drawn);
    json["top"] = Json::array();
    for (const TokenLogprob& token : byte.top) json["top"].push_back(to_json(token));
    list.push_back(std::move(json));
  }
  return list;
}

Json to_json(const GenerateStats& stats) {
  Json json;
  json["rounds"] = stats.rounds;
  json["drafted"] = stats.drafted;
  json["accepted"] = stats.accepted;
  json["acceptance"] = acceptance(stats);
  json["tokens_per_round"] = tokens_per_round(stats);
  return json;
}

}  // namespace

Json generate_json(const Session& session, std::size_t prompt_bytes, const GenerateOptions& options, const Both& both) {
  const Generated& made = both.made;
  Json json;
  json["model"] = session.model().name();
  json["policy"] = mgt::name_of(session.policy_kind());
  json["arch"] = current_arch();
  json["prompt_tokens"] = prompt_bytes;
  json["tokens"] = made.bytes.size();
  json["temperature"] = static_cast<double>(options.temperature);
  json["top_k"] = options.top_k;
  json["top_p"] = static_cast<double>(options.top_p);
  json["seed"] = options.seed;
  json["text"] = utf8_text(made.bytes);
  json["seconds"] = made.seconds;
  json["tokens_per_second"] = ratio(count(made.bytes.size()), made.seconds);
  json["tiers"] = tiers_json(tiers_of(made));
  json["layers_run"] = made.total.layers_run - made.prompt.layers_run;
  json["layers_replayed"] = made.total.layers_replayed - made.prompt.layers_replayed;
  json["logits_hash"] = hex16(made.total.logits_hash);
  if (options.speculative) json["speculative"] = to_json(made.stats);
  if (both.plain) {
    json["plain"]["seconds"] = both.plain->seconds;
    json["plain"]["logits_hash"] = hex16(both.plain->total.logits_hash);
    json["speedup"] = ratio(both.plain->seconds, made.seconds);
  }
  if (options.logprobs > 0) json["logprobs"] = to_json(made.logprobs);
  return json;
}

std::string generate_text(const Session& session, const GenerateOptions& options, const Both& both) {
  const Generated& made = both.made;
  const double n = count(made.bytes.size());
  const double layers = count(made.total.layers_run - made.prompt.layers_run);
  std::string text = counted(made.bytes.size(), "byte") + ", " + duration_text(ratio(made.seconds, n)) + " per byte, " +
                     fixed(ratio(layers, n), 2) + " of " + std::to_string(session.model().config().n_layers) +
                     " layers per byte, tiers 0-3:";
  for (const std::uint64_t steps : tiers_of(made)) text += " " + percent(ratio(count(steps), n), 0);
  text += "\n";
  if (!options.speculative) return text;
  text += fixed(tokens_per_round(made.stats), 2) + " bytes per round, " + percent(acceptance(made.stats), 1) + " of " +
          with_commas(made.stats.drafted) + " drafts accepted";
  if (both.plain) {
    const bool same = both.plain->total.logits_hash == made.total.logits_hash;
    text += "; " + fixed(ratio(both.plain->seconds, made.seconds), 2) + "x as fast as without, " +
            (same ? "bit for bit the same answers" : "WITH OTHER ANSWERS");
  }
  return text + "\n";
}

}  // namespace mgt::cli
