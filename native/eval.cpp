// mgt eval: workloads and gate signals, measured.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/session_flags.hpp"
#include "app/step_bounds.hpp"
#include "commands.hpp"
#include "eval/gate_report.hpp"
#include "eval/gate_study.hpp"
#include "eval/routing_report.hpp"
#include "eval/routing_study.hpp"
#include "eval/signals.hpp"
#include "eval/workload_report.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt eval\n"
    "  mgt eval --workload streaming --json\n"
    "  mgt eval --workload interactive --model micro --policy permissive --json\n"
    "  mgt eval --workload mine.json --part calibration\n"
    "  mgt eval --workload continuous --warm\n"
    "  mgt eval --gate\n"
    "  mgt eval --routing --model micro\n"
    "  mgt eval --signals app.sig --data app.log\n"
    "\n"
    "Without --workload, --gate, --routing or --signals, all four shipped workloads are run one after another.\n"
    "\n"
    "A workload is a JSON manifest: {workload, description, policy, streams: [{name, kind, file, calibration_bytes,\n"
    "anomalous_lines}]}. file is seen from the manifest's folder; kind, where it is not the name, says which streams\n"
    "are alike; the bytes from calibration_bytes on are the held-out part; anomalous_lines are pairs [first, end) of\n"
    "line numbers from 0, or left out where nobody labelled the stream. Every stream is run dense and under the\n"
    "policy, from a fresh start; with --warm after its calibration part, which fills the memory and counts for\n"
    "nothing, as in a service that has run for a while.\n"
    "\n"
    "--gate takes the first --limit bytes (24000) of both parts of every shipped stream. It fits the signals for a "
    "switch\n"
    "(and the energy, where the model has none) on the calibration parts and scores all signals on the held-out ones, "
    "and\n"
    "once more on the held-out parts of kinds that no shipped model was trained on (the workload unseen).\n"
    "\n"
    "--signals writes what a gate could know at every byte of --data: a line of column names, then rows of\n"
    "little-endian float32.";

struct EvalFlags {
  SessionFlags session;
  std::string workload;
  std::string part = "held";
  std::string data;
  std::string signals;
  std::uint64_t limit = 0;
  bool gate = false;
  bool routing = false;
  bool warm = false;
  bool json = false;
};

constexpr std::uint64_t kGateBytes = 24000;

std::vector<std::uint8_t> bytes_of(const std::string& path, std::uint64_t limit) {
  const std::vector<std::byte> file = read_file(path);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  return {bytes, bytes + (limit > 0 ? std::min<std::uint64_t>(limit, file.size()) : file.size())};
}

void eval_signals(const EvalFlags& flags) {
  if (flags.data.empty()) fail_usage("--signals needs --data");
  expect_apart({"--signals", flags.signals}, {{"--data", flags.data}, {"--model", model_path(flags.session.model)}});
  SignalProbe probe(load_model(flags.session.model));
  const std::vector<std::uint8_t> bytes = bytes_of(flags.data, flags.limit);
  Progress progress(bytes.size());
  write_signals(flags.signals, probe.exit_layers(), probe.read(bytes, [&](std::uint64_t n) { progress.update(n); }));
}

/// What a measured workload says, for machines and for people.
struct WorkloadReport {
  Json json;
  std::string text;
};

WorkloadReport eval_workload(const EvalFlags& flags, const Model& model, const Workload& workload, Part part) {
  SessionFlags session = flags.session;
  if (session.policy.empty()) session.policy = workload.policy;
  const SessionOptions options = with_step_bounds(model, session.options());
  SessionOptions reference;
  reference.policy = PolicyKind::dense;
  reference.memory = options.memory;
  reference.window = options.window;
  Session gated = open_session(model, options);
  Session dense = open_session(model, reference);

  std::uint64_t total = 0;
  for (const WorkloadStream& stream : workload.streams) total += stream.bytes.size();
  std::vector<StreamFigures> figures;
  Progress progress(total);
  std::uint64_t done = 0;
  for (const WorkloadStream& stream : workload.streams) {
    const auto tick = [&](std::uint64_t n) { progress.update(done + n); };
    figures.push_back(measure_stream(stream, flags.warm, gated, dense, tick));
    done += stream.bytes.size();
  }
  const WorkloadRun run{workload, part, flags.warm, gated};
  return {workload_json(run, figures), workload_text(run, figures)};
}

/// The workload asked for, or all that are shipped: their manifests are read before the first is run.
void eval_workloads(const EvalFlags& flags) {
  const Part part = parse_part(flags.part);
  std::vector<Workload> workloads;
  if (flags.workload.empty()) {
    for (const char* name : kWorkloads) workloads.push_back(load_workload(name, part, flags.limit));
  } else {
    workloads.push_back(load_workload(flags.workload, part, flags.limit));
  }
  const Model model = load_model(flags.session.model);
  Json all = Json::array();
  for (const Workload& workload : workloads) {
    WorkloadReport report = eval_workload(flags, model, workload, part);
    if (!flags.json) print((all.empty() ? "" : "\n") + report.text);
    all.push_back(std::move(report.json));
  }
  if (flags.json) print_json(flags.workload.empty() ? Json{{"workloads", all}} : all.front());
}

void eval_gate(const EvalFlags& flags) {
  const Model model = load_model(flags.session.model);
  const GateStudy study = study_gate(model, flags.limit > 0 ? flags.limit : kGateBytes);
  flags.json ? print_json(gate_json(model, study)) : print(gate_text(model, study));
}

void eval_routing(const EvalFlags& flags) {
  const Model model = load_model(flags.session.model);
  const std::vector<RoutingCurve> curves = study_routing(model, flags.limit);
  flags.json ? print_json(routing_json(model, curves)) : print(routing_text(model, curves));
}

void run(const EvalFlags& flags, const CLI::App& command) {
  const int modes = (flags.gate ? 1 : 0) + (flags.routing ? 1 : 0) + (flags.workload.empty() ? 0 : 1) +
                    (flags.signals.empty() ? 0 : 1);
  if (modes > 1) fail_usage("expected one of --workload, --gate, --routing and --signals");
  const bool runs_workloads = modes == 0 || !flags.workload.empty();
  expect_partner(command, "--data", !flags.signals.empty(), "--signals");
  for (const char* option : {"--part", "--warm"}) {
    expect_partner(command, option, runs_workloads, "--workload");
  }
  if (flags.json && !flags.signals.empty()) fail_usage("--json: --signals prints nothing");
  flags.session.expect_partner(runs_workloads, "--workload");
  if (flags.gate) return eval_gate(flags);
  if (flags.routing) return eval_routing(flags);
  runs_workloads ? eval_workloads(flags) : eval_signals(flags);
}

}  // namespace

void add_eval(CLI::App& app) {
  CLI::App* command = app.add_subcommand("eval", "Measure a workload, gated against dense, or the gate's signals");
  const auto flags = std::make_shared<EvalFlags>();
  flags->session.policy.clear();
  command
      ->add_option("--workload", flags->workload,
                   "streaming, interactive, continuous, safety, unseen, or a manifest (default: the first four)")
      ->type_name("NAME");
  command->add_option("--part", flags->part, "held or calibration")->type_name("PART")->capture_default_str();
  command->add_flag("--warm", flags->warm, "Go through what came before the part first, uncounted");
  flags->session.add_all(*command);
  command->add_flag("--gate", flags->gate, "Score every gate signal: for stopping early and for a change of kind");
  command->add_flag("--routing", flags->routing, "Window mode at every capacity: what it loses and saves");
  command->add_option("--signals", flags->signals, "Write every signal of a stream into this file")->type_name("FILE");
  command->add_option("--data", flags->data, "The stream of --signals")->type_name("FILE");
  add_whole(*command, "--limit", flags->limit, "Bytes of each stream at most", 1, kMostBytes)->type_name("BYTES");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags, command] { run(*flags, *command); });
}

}  // namespace mgt::cli
