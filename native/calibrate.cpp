// mgt calibrate: thresholds for a user's own streams at a stated risk.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "calibrate/page.hpp"
#include "calibrate/report.hpp"
#include "calibrate/search.hpp"
#include "commands.hpp"
#include "eval/energy_fit.hpp"
#include "model/calibrated_copy.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt calibrate --data app.log --risk 0.02 --out app.gguf\n"
    "  mgt calibrate --data a.log --data b.log --risk 0.01 --policy conservative --json\n"
    "  mgt calibrate --data app.log --risk 0.02 --report app.html\n"
    "  mgt calibrate --data app.log --warm-up 50000 --risk 0.05 --fit --policy permissive --out app.gguf\n"
    "  mgt run --model app.gguf --policy default app.log.2\n"
    "\n"
    "One threshold bounds the energy of all cheap answers: the predicted probability that an answer costs over a bit\n"
    "more than that of all layers. Thresholds are run over the data beside the dense model, the safest first. The "
    "last\n"
    "one is chosen before the loss passes the risk, with a bound that holds on another stretch of the same length "
    "with\n"
    "the stated confidence. The promise is for streams like the data. --resamples tries it: random halves choose, the\n"
    "other half counts.\n"
    "\n"
    "A young memory knows little, so most is lost in a stream's first tens of kilobytes. Where a session goes on for\n"
    "long, --warm-up leaves them out; the promise then holds from there on.\n"
    "\n"
    "--report writes a page with plots: loss and bound of every threshold that was tried, and what the gate would "
    "lose\n"
    "beside random, fixed exit, entropy and margin at equal compute.\n"
    "\n"
    "--fit fits the energy itself on the data, as is done for a model that has none.\n"
    "OUT is a copy of the model whose policy (--policy) has this threshold. Policy conservative, which exits nowhere\n"
    "otherwise, then gives early answers as well.";

constexpr std::size_t kFewestBlocks = 40;

/// What the policy does beside its threshold.
GatePolicy base_of(const CalibrateFlags& flags) {
  if (flags.policy != "conservative" && flags.policy != "default" && flags.policy != "permissive") {
    fail_usage("--policy " + flags.policy + ": expected conservative, default or permissive");
  }
  if (!flags.kv.empty() && flags.kv != "exact" && flags.kv != "propagate") {
    fail_usage("--kv " + flags.kv + ": expected exact or propagate");
  }
  const bool conservative = flags.policy == "conservative";
  GatePolicy base;
  base.kv = flags.kv == "exact" || (flags.kv.empty() && conservative) ? KvMode::exact : KvMode::propagate;
  base.lossless_replay = conservative && base.kv == KvMode::exact;
  return base;
}

std::vector<std::vector<std::uint8_t>> read_streams(const CalibrateFlags& flags) {
  std::vector<std::vector<std::uint8_t>> streams;
  for (const std::string& path : flags.data) {
    const std::vector<std::byte> file = read_file(path);
    if (file.empty()) fail_input(path + ": empty, expected at least 1 byte");
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
    const std::size_t size = flags.limit > 0 ? std::min<std::uint64_t>(flags.limit, file.size()) : file.size();
    streams.emplace_back(bytes, bytes + size);
  }
  return streams;
}

/// Checks that the data is enough and cuts it.
BlockPlan plan_blocks(const CalibrateFlags& flags, const std::vector<std::vector<std::uint8_t>>& streams) {
  std::uint64_t to_count = 0;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::size_t size = streams[i].size();
    if (flags.warm_up > 0 && size <= flags.warm_up) {
      fail_input("--warm-up " + std::to_string(flags.warm_up) + ": " + flags.data[i] + " has " + counted(size, "byte") +
                 ", nothing is left to count");
    }
    to_count += size - flags.warm_up;
  }
  const BlockPlan plan{flags.warm_up, block_bytes_for(to_count)};
  std::size_t blocks = 0;
  for (const auto& stream : streams) blocks += plan.blocks_of(stream.size());
  if (blocks < kFewestBlocks) {
    fail_input("--data: " + counted(blocks, "block") + " of " + std::to_string(plan.block_bytes) +
               " bytes, calibrating needs at least " + std::to_string(kFewestBlocks));
  }
  return plan;
}

/// What a gate could know along every stream.
struct Studied {
  std::vector<std::vector<Signals>> streams;
  std::vector<std::uint32_t> exit_layers;  ///< of SignalProbe
};

Studied study(const Model& model, const std::vector<std::vector<std::uint8_t>>& streams) {
  std::uint64_t total = 0;
  for (const auto& stream : streams) total += stream.size();
  Progress progress(total);
  SignalProbe probe(model);
  Studied studied{{}, {probe.exit_layers().begin(), probe.exit_layers().end()}};
  std::uint64_t done = 0;
  for (const auto& stream : streams) {
    studied.streams.push_back(probe.read(stream, [&](std::uint64_t n) { progress.update(done + n); }));
    done += stream.size();
  }
  return studied;
}

detail::EnergyTable fit_on(std::vector<std::vector<Signals>> signals) {
  for (std::vector<Signals>& stream : signals) stream.pop_back();  // what follows the last byte is not known
  std::erase_if(signals, [](const std::vector<Signals>& stream) { return stream.empty(); });
  return fit_energy(signals);
}

/// The gate beside others on what calibration counts of every stream.
std::vector<ExitStudy> study_gates(const CalibrateFlags& flags, const BlockPlan& plan, const Studied& studied,
                                   const detail::EnergyTable& energy) {
  std::vector<ExitStudy> studies;
  for (std::size_t i = 0; i < studied.streams.size(); ++i) {
    const std::vector<Signals>& all = studied.streams[i];
    if (plan.blocks_of(all.size()) == 0) continue;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(plan.warm_up);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(plan.stepped(all.size()));
    const StudyStream stream{std::filesystem::path(flags.data[i]).filename(), "", {}, {begin, end}};
    studies.push_back(study_exits(stream, energy, studied.exit_layers));
  }
  return studies;
}

/// The model's file with this threshold for the policy asked for.
std::vector<std::byte> calibrated(const CalibrateFlags& flags, const std::string& input,
                                  std::span<const std::byte> file, const Calibration& calibration, float energy_max) {
  const detail::EnergyTable* table = calibration.fitted ? &*calibration.fitted : nullptr;
  return unwrap(detail::calibrated_copy(file, *find_policy(flags.policy), energy_max, table), input);
}

/// Ends with a usage error where what is written would overwrite what is read.
void expect_files_apart(const CalibrateFlags& flags, const std::string& model) {
  const NamedFile output{"--out", flags.output}, page{"--report", flags.page};
  expect_apart(page, {output});
  for (const NamedFile& written : {output, page}) {
    expect_apart(written, {{"--model", model}});
    for (const std::string& path : flags.data) expect_apart(written, {{"--data", path}});
  }
}

void write_page(const CalibrateFlags& flags, const Model& model, const Calibration& calibration) {
  if (flags.page.empty()) return;
  const std::string page = calibration_page(flags, model, calibration);
  write_file_atomically(flags.page, std::as_bytes(std::span(page)));
}

[[noreturn]] void fail_without_choice(const CalibrateFlags& flags, const Calibration& calibration) {
  const Choice safest = calibration.shown(flags.target);
  fail_input("--risk " + fixed(flags.target.risk, 4) + ": no threshold keeps within it at confidence " +
             fixed(flags.target.confidence, 2) + " on " + std::to_string(calibration.blocks.size()) +
             " blocks; the safest, an energy of " + fixed(calibration.table.candidates[safest.candidate], 4) +
             ", has a bound of " + fixed(safest.bound, 4) + "; more data or a larger risk may" +
             (flags.page.empty() ? "" : "; plots in " + flags.page));
}

void run(const CalibrateFlags& flags) {
  Calibration calibration;
  calibration.base = base_of(flags);
  const std::string input = model_path(flags.model);
  expect_files_apart(flags, input);
  const std::vector<std::byte> file = read_file(input);
  Model model = unwrap(Model::load(file), input);
  if (!flags.page.empty()) expect_exits(model);
  const auto streams = read_streams(flags);
  calibration.plan = plan_blocks(flags, streams);
  const bool fits = flags.fit || !model.data().energy;
  Studied studied;
  if (fits || !flags.page.empty()) studied = study(model, streams);
  if (fits) {
    calibration.fitted = fit_on(studied.streams);
    model = unwrap(Model::load(calibrated(flags, input, file, calibration, 0)), input);
  }
  if (!flags.page.empty()) {
    calibration.gates = study_gates(flags, calibration.plan, studied, *model.data().energy);
  }
  calibration.table = measure_table(model, streams, calibration.plan, calibration.base, flags.target.risk);
  calibration.blocks.resize(calibration.table.dense.nats.size());
  std::iota(calibration.blocks.begin(), calibration.blocks.end(), 0);
  calibration.choice = choose_threshold(calibration.table, calibration.blocks, calibration.blocks.size(), flags.target);
  if (!calibration.choice) {
    write_page(flags, model, calibration);  // it shows why
    fail_without_choice(flags, calibration);
  }
  if (flags.resamples > 0) calibration.resampling = resample(calibration.table, flags.target, flags.resamples);
  if (!flags.output.empty()) {
    const std::vector<std::byte> copy = calibrated(flags, input, file, calibration, calibration.energy_max());
    unwrap(Model::load(copy), flags.output);
    write_file_atomically(flags.output, copy);
  }
  write_page(flags, model, calibration);
  flags.json ? print_json(calibration_json(flags, model, calibration)) : print(calibration_text(flags, calibration));
}

}  // namespace

void add_calibrate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("calibrate", "Find a policy's threshold for your own streams");
  const auto flags = std::make_shared<CalibrateFlags>();
  command->add_option("--data", flags->data, "A stream to calibrate on; may be given several times")
      ->required()
      ->type_name("FILE");
  add_number(*command, "--risk", flags->target.risk, "Relative loss in nats per byte that is allowed: 0.02 is 2 %", 0,
             1)
      ->type_name("R")
      ->capture_default_str();
  add_number(*command, "--confidence", flags->target.confidence, "Of the bound", 0.5, 0.999)
      ->type_name("P")
      ->capture_default_str();
  command->add_option("--policy", flags->policy, "Whose threshold: conservative, default or permissive")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--kv", flags->kv, "exact or propagate (default: the policy's)")->type_name("MODE");
  command
      ->add_option("--model", flags->model,
                   "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)")
      ->type_name("FILE");
  command->add_option("--out", flags->output, "Write a calibrated copy of the model")->type_name("FILE");
  command->add_option("--report", flags->page, "Write a page with plots of all thresholds and of other gates")
      ->type_name("FILE");
  add_whole(*command, "--limit", flags->limit, "Bytes of each stream at most", 1, kMostBytes)->type_name("BYTES");
  add_whole(*command, "--warm-up", flags->warm_up,
            "First bytes of each stream that fill the memory and count for nothing: for sessions that live long", 1,
            kMostBytes)
      ->type_name("BYTES");
  add_whole(*command, "--resamples", flags->resamples, "Try the promise on this many random halves of the data", 0,
            1000000)
      ->type_name("N");
  command->add_flag("--fit", flags->fit, "Fit the energy itself on the data as well");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags] { run(*flags); });
}

}  // namespace mgt::cli
