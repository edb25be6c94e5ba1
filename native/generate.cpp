// mgt generate: text on stdout as it comes, figures on stderr.
#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "app/utf8.hpp"
#include "commands.hpp"
#include "mgt/generate.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt generate --prompt 'import numpy as' -n 120\n"
    "  mgt generate --prompt '2026-01-02 10:00:00 ' -n 400 --temperature 0.7 --seed 1 --policy permissive\n"
    "  mgt generate --prompt 'def ' --temperature 1 --top-k 40 --top-p 0.95 --logprobs 3 --json\n"
    "\n"
    "The same prompt, options and seed give the same text on every machine. Text goes to stdout as it is made,\n"
    "figures go to stderr; with --json, one object goes to stdout instead.";

struct GenerateFlags {
  SessionFlags session;
  std::string prompt;
  std::uint32_t n = 100;
  GenerateOptions options;
  bool json = false;
};

/// A byte's logarithm of its probability, and those of the most probable ones.
struct ByteLogprobs {
  TokenLogprob drawn;
  std::vector<TokenLogprob> top;
};

/// The bytes made, the time it took, and the session's totals before and after.
struct Generated {
  std::vector<std::uint8_t> bytes;
  std::vector<ByteLogprobs> logprobs;  ///< with --logprobs
  double seconds = 0;
  SessionStats prompt;
  SessionStats total;
};

/// generate() of the library, one byte at a time so that each can be shown at once.
Generated generate(Session& session, const GenerateFlags& flags) {
  Generated made;
  const std::span prompt(reinterpret_cast<const std::uint8_t*>(flags.prompt.data()), flags.prompt.size());
  Generator generator = unwrap(Generator::start(session, prompt, flags.options), "--prompt");
  made.prompt = session.stats();
  while (made.bytes.size() < flags.n && !interrupted()) {
    const auto start = std::chrono::steady_clock::now();
    const GeneratedToken token = unwrap(generator.next(), "");
    made.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto byte = static_cast<std::uint8_t>(token.drawn.token);
    made.bytes.push_back(byte);
    if (!token.top.empty()) made.logprobs.push_back({token.drawn, {token.top.begin(), token.top.end()}});
    if (!flags.json) print_now({reinterpret_cast<const char*>(&byte), 1});
  }
  made.total = session.stats();
  return made;
}

std::array<std::uint64_t, kTierCount> tiers_of(const Generated& made) {
  std::array<std::uint64_t, kTierCount> tiers = made.total.tiers;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) tiers[tier] -= made.prompt.tiers[tier];
  return tiers;
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

Json to_json(const Session& session, const GenerateFlags& flags, const Generated& made) {
  Json json;
  json["model"] = session.model().name();
  json["policy"] = mgt::name_of(session.policy_kind());
  json["arch"] = current_arch();
  json["prompt_tokens"] = flags.prompt.size();
  json["tokens"] = made.bytes.size();
  json["temperature"] = static_cast<double>(flags.options.temperature);
  json["top_k"] = flags.options.top_k;
  json["top_p"] = static_cast<double>(flags.options.top_p);
  json["seed"] = flags.options.seed;
  json["text"] = utf8_text(made.bytes);
  json["seconds"] = made.seconds;
  json["tokens_per_second"] = ratio(static_cast<double>(made.bytes.size()), made.seconds);
  json["tiers"] = tiers_json(tiers_of(made));
  json["layers_run"] = made.total.layers_run - made.prompt.layers_run;
  json["layers_replayed"] = made.total.layers_replayed - made.prompt.layers_replayed;
  json["logits_hash"] = hex16(made.total.logits_hash);
  if (flags.options.logprobs > 0) json["logprobs"] = to_json(made.logprobs);
  return json;
}

void report_figures(const Session& session, const Generated& made) {
  const double n = static_cast<double>(made.bytes.size());
  const double layers = static_cast<double>(made.total.layers_run - made.prompt.layers_run);
  std::string tiers;
  for (const std::uint64_t steps : tiers_of(made)) tiers += " " + percent(ratio(static_cast<double>(steps), n), 0);
  std::fprintf(stderr, "%s%zu bytes, %s per byte, %s of %u layers per byte, tiers 0-3:%s\n",
               stdout_is_terminal() ? "\n" : "", made.bytes.size(), duration_text(ratio(made.seconds, n)).c_str(),
               fixed(ratio(layers, n), 2).c_str(), session.model().config().n_layers, tiers.c_str());
}

void run(const GenerateFlags& flags) {
  const SessionOptions options = flags.session.options();
  if (flags.prompt.empty()) fail_input("--prompt: empty, expected at least 1 byte");
  const float temperature = flags.options.temperature;
  if (temperature != 0 && !(temperature >= 0.01f && temperature <= 10)) {
    fail_usage("--temperature " + fixed(temperature, 3) + ": expected 0, or 0.01 to 10");
  }
  const float top_p = flags.options.top_p;
  if (!(top_p > 0 && top_p <= 1)) fail_usage("--top-p " + fixed(top_p, 3) + ": expected over 0, at most 1");
  Session session = open_session(load_model(flags.session.model), options);
  stop_on_interrupt();
  const Generated made = generate(session, flags);
  if (flags.json) {
    print_json(to_json(session, flags, made));
  } else {
    if (stdout_is_terminal() || (!made.bytes.empty() && made.bytes.back() != '\n')) print_now("\n");
    report_figures(session, made);
  }
}

}  // namespace

void add_generate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("generate", "Continue a prompt");
  const auto flags = std::make_shared<GenerateFlags>();
  command->add_option("--prompt", flags->prompt, "Text to continue")->required()->type_name("TEXT");
  command->add_option("-n", flags->n, "Bytes to make")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, std::uint32_t{1} << 30))
      ->capture_default_str();
  command->add_option("--temperature", flags->options.temperature, "0 takes the most probable byte; up to 10")
      ->type_name("T")
      ->capture_default_str();
  command->add_option("--top-k", flags->options.top_k, "Draw among the K most probable bytes; 0: all")
      ->type_name("K")
      ->check(CLI::Range(std::uint32_t{0}, std::uint32_t{kVocabSize}))
      ->capture_default_str();
  command->add_option("--top-p", flags->options.top_p, "Draw among the fewest most probable that hold this share")
      ->type_name("P")
      ->capture_default_str();
  command->add_option("--seed", flags->options.seed, "Of the draws")->type_name("S")->capture_default_str();
  command->add_option("--logprobs", flags->options.logprobs, "With --json: list this many alternatives to each byte")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{0}, kMaxLogprobs))
      ->capture_default_str();
  flags->session.add_all(*command);
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags] { run(*flags); });
}

}  // namespace mgt::cli
