// mgt bench: how long one step or one window takes here, against the scalar kernels and the machine's limit.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/failure.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "bench/machine.hpp"
#include "bench/measure.hpp"
#include "commands.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt bench --config baseline --tier all\n"
    "  mgt bench --config micro --mode window --json\n"
    "  mgt bench --config baseline --mode push --every 16\n"
    "  MGT_ARCH=avx2 mgt bench --model my.gguf\n"
    "\n"
    "One run is one step, or one window of the model's context length. Runs are pinned to one CPU and alternate with\n"
    "runs on the scalar kernels. The limit is what this core reads from a buffer of the size of the weights that a "
    "run\n"
    "uses; weights of inactive neurons are counted but not read, so a share may pass 100 %.";

struct BenchFlags {
  SessionFlags session;
  std::string config;
  std::string mode = "step";
  std::string tier = "0";
  std::uint32_t runs = 1000;
  std::uint32_t every = 16;
  float capacity = 1;
  bool json = false;
};

/// The measured tiers of one model, and the machine they ran on.
struct BenchReport {
  std::string config;
  std::string mode;
  std::string tier;
  std::vector<std::pair<std::string, BenchResult>> results;
};

void add_result(Json& json, const BenchResult& result) {
  json["runs"] = result.runs;
  json["tokens"] = result.tokens;
  json["p50_us"] = result.p50_us;
  json["p99_us"] = result.p99_us;
  json["gmacs"] = result.gmacs();
  json["gbytes_per_second"] = result.gbytes_per_second();
  json["scalar_p50_us"] = result.scalar_p50_us;
  json["scalar_ratio"] = ratio(result.scalar_p50_us, result.p50_us);
  if (result.stepping_p50_us > 0) {
    json["stepping_p50_us"] = result.stepping_p50_us;
    json["stepping_ratio"] = ratio(result.stepping_p50_us, result.p50_us);
  }
  json["read_limit_gbytes_per_second"] = result.read_limit;
  json["read_limit_share"] = ratio(result.gbytes_per_second(), result.read_limit);
}

Json to_json(const BenchReport& report) {
  Json json;
  json["config"] = report.config;
  json["mode"] = report.mode;
  if (report.tier == "all") {
    json["tier"] = report.tier;
    json["arch"] = current_arch();
    for (const auto& [tier, result] : report.results) add_result(json["tiers"][tier], result);
  } else {
    json["tier"] = std::stoi(report.tier);
    json["arch"] = current_arch();
    add_result(json, report.results.front().second);
  }
  return json;
}

std::string to_text(const BenchReport& report) {
  const BenchResult& first = report.results.front().second;
  Table table;
  table.row({dim("tier"), dim("p50 us"), dim("p99 us"), dim("us/token"), dim("GMAC/s"), dim("GB/s"), dim("of limit"),
             dim("vs scalar")});
  for (const auto& [tier, result] : report.results) {
    table.row({tier, fixed(result.p50_us, 2), fixed(result.p99_us, 2), fixed(result.p50_us / result.tokens, 2),
               fixed(result.gmacs(), 1), fixed(result.gbytes_per_second(), 1),
               percent(ratio(result.gbytes_per_second(), result.read_limit), 0),
               fixed(ratio(result.scalar_p50_us, result.p50_us), 1) + "x"});
  }
  std::string against_stepping;
  if (first.stepping_p50_us > 0) {
    against_stepping =
        "\n" + fixed(ratio(first.stepping_p50_us, first.p50_us), 1) + "x the throughput of steps at tier 0\n";
  }
  return bold(report.config) + dim("  mode ") + report.mode + dim("  arch ") + current_arch() + dim("  runs ") +
         std::to_string(first.runs) + dim("  tokens per run ") + std::to_string(first.tokens) + "\n\n" + table.text() +
         against_stepping;
}

std::optional<BenchMode> parse_mode(const std::string& name) {
  if (name == "step") return BenchMode::step;
  if (name == "window") return BenchMode::window;
  if (name == "push") return BenchMode::push;
  return std::nullopt;
}

void run(const BenchFlags& flags, const CLI::App& command) {
  if (!flags.config.empty() && !flags.session.model.empty()) fail_usage("--config and --model: give one of them");
  if (!flags.config.empty() && flags.config != "micro" && flags.config != "baseline") {
    fail_usage("--config " + flags.config + ": expected micro or baseline");
  }
  const std::optional<BenchMode> mode = parse_mode(flags.mode);
  if (!mode) fail_usage("--mode " + flags.mode + ": expected step, window or push");
  if (flags.tier != "all" && (flags.tier == "auto" || !parse_tier(flags.tier))) {
    fail_usage("--tier " + flags.tier + ": expected 0, 1, 2, 3 or all");
  }
  if (*mode == BenchMode::push && flags.tier != "0")
    fail_usage("--tier " + flags.tier + ": mode push answers at tier 0");
  expect_partner(command, "--every", *mode == BenchMode::push, "--mode push");
  expect_partner(command, "--capacity", *mode == BenchMode::window, "--mode window");
  BenchCase bench;
  bench.mode = *mode;
  bench.every = flags.every;
  bench.runs = flags.runs;
  bench.capacity = flags.capacity;
  bench.memory = parse_switch("--memory", flags.session.memory);

  pin_to_one_cpu();
  const Model model = load_model(flags.config.empty() ? flags.session.model : flags.config);
  BenchReport report;
  report.config = flags.config.empty() ? model.name() : flags.config;
  report.mode = flags.mode;
  report.tier = flags.tier;
  for (const std::string tier : {"0", "1", "2", "3"}) {
    if (flags.tier != "all" && flags.tier != tier) continue;
    bench.tier = *parse_tier(tier);
    report.results.emplace_back(tier, measure(model, bench));
  }
  if (flags.json) {
    print_json(to_json(report));
  } else {
    print(to_text(report));
  }
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand("bench", "Time steps or windows on this machine");
  const auto flags = std::make_shared<BenchFlags>();
  command->add_option("--config", flags->config, "Shipped model: micro or baseline")->type_name("NAME");
  flags->session.add_model(*command);
  command
      ->add_option("--mode", flags->mode,
                   "step (one token, cache kept), window (a whole context) or push (one answer every N tokens, exact)")
      ->type_name("MODE")
      ->capture_default_str();
  command->add_option("--tier", flags->tier, "0 to 3, or all")->type_name("N")->capture_default_str();
  command->add_option("--memory", flags->session.memory, "Stream memory: on or off")
      ->type_name("on|off")
      ->capture_default_str();
  add_whole(*command, "--every", flags->every, "Mode push: tokens taken in for each answer asked for", 1, 4096)
      ->type_name("N")
      ->capture_default_str();
  add_number(*command, "--capacity", flags->capacity,
             "Mode window: share of a window's multiply-adds that may be done, above 0 up to 1")
      ->type_name("SHARE")
      ->capture_default_str();
  add_whole(*command, "--runs", flags->runs, "Timed runs per tier, at least 300", 300, 1000000)
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags, command] { run(*flags, *command); });
}

}  // namespace mgt::cli
