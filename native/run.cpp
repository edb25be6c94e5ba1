// mgt run: a file or stdin through the model, byte by byte.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/session_flags.hpp"
#include "app/step_bounds.hpp"
#include "app/terminal.hpp"
#include "app/trace_file.hpp"
#include "commands.hpp"
#include "run/report.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt run --compare /var/log/dpkg.log\n"
    "  mgt run --policy exact --json notes.txt\n"
    "  mgt run --policy custom --energy-max 0.02 app.log\n"
    "  mgt run --deadline 20 app.log\n"
    "  mgt run --load-state app.state --save-state app.state app.log.2\n"
    "  tail -f app.log | mgt run --trace witness.jsonl     (Ctrl-C ends the stream and prints the report)";

struct RunFlags {
  SessionFlags session;
  std::string input = "-";
  std::string trace;
  std::string load_state;
  std::string save_state;
  std::uint64_t limit = 0;
  bool compare = false;
  bool json = false;
};

/// Feeds the input to the stream until its end, the limit or Ctrl-C.
void pump(ByteSource& source, std::uint64_t limit, Stream& stream, TraceFile* trace) {
  std::optional<std::uint64_t> total = source.size();
  if (limit > 0) total = std::min(total.value_or(limit), limit);
  Progress progress(total);
  std::array<std::uint8_t, kBlockBytes> block;
  for (std::uint64_t done = 0; limit == 0 || done < limit;) {
    const std::size_t wanted = limit == 0 ? kBlockBytes : std::min<std::uint64_t>(kBlockBytes, limit - done);
    const std::size_t n = source.read(std::span(block).first(wanted));
    if (n == 0) break;
    stream.run_block(std::span(block).first(n));
    if (trace != nullptr) trace->write(stream.witnesses());
    done += n;
    progress.update(done);
  }
}

/// The gated session, where a snapshot left it.
Session open_gated(const RunFlags& flags, const Model& model, const SessionOptions& options) {
  Session session = open_session(model, options);
  if (!flags.load_state.empty()) unwrap(session.restore(read_file(flags.load_state)), flags.load_state);
  return session;
}

void save_state(const Session& session, const std::string& path) {
  std::vector<std::byte> bytes(session.snapshot_bytes());
  unwrap(session.snapshot(bytes), path);
  write_file_atomically(path, bytes);
}

Stream open_stream(const RunFlags& flags, const Model& model, const SessionOptions& options) {
  std::optional<Session> dense;
  if (flags.compare) {
    SessionOptions reference = options;
    reference.policy = PolicyKind::dense;
    reference.tier.reset();
    reference.kv.reset();
    reference.replay.reset();
    reference.deadline_us = 0;
    dense = open_session(model, reference);
  }
  return Stream(open_gated(flags, model, options), std::move(dense), !flags.trace.empty());
}

/// What is written must not be what is read; a state may be continued in its own file.
void refuse_overwriting(const RunFlags& flags) {
  const NamedFile input{"FILE", flags.input == "-" ? "" : flags.input};
  const NamedFile model{"--model", model_path(flags.session.model)};
  expect_apart({"--trace", flags.trace}, {input, model, {"--load-state", flags.load_state}});
  expect_apart({"--save-state", flags.save_state}, {input, model, {"--trace", flags.trace}});
}

void run(const RunFlags& flags) {
  const SessionOptions asked = flags.session.options();
  refuse_overwriting(flags);
  if (flags.compare && !flags.load_state.empty()) {
    fail_usage("--load-state " + flags.load_state + ": there is no such state for the dense model of --compare");
  }
  ByteSource source(flags.input);
  const Model model = load_model(flags.session.model);
  const SessionOptions options = with_step_bounds(model, asked);
  Stream stream = open_stream(flags, model, options);
  std::optional<TraceFile> trace;
  if (!flags.trace.empty()) trace.emplace(flags.trace);

  stop_on_interrupt();
  pump(source, flags.limit, stream, trace ? &*trace : nullptr);
  if (trace) trace->close();
  if (stream.gated().tokens() == 0) fail_input(source.name() + ": empty, expected at least 1 byte");
  if (!flags.save_state.empty()) save_state(stream.gated().session, flags.save_state);
  if (flags.json) {
    print_json(run_json(stream, options));
  } else {
    print(run_text(stream, options));
  }
}

}  // namespace

void add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Stream a file or stdin through the model and report");
  const auto flags = std::make_shared<RunFlags>();
  command->add_option("FILE", flags->input, "Input; - or none reads stdin")->type_name("");
  flags->session.add_all(*command);
  command->add_flag("--compare", flags->compare, "Run the dense model beside it and compare");
  command->add_option("--trace", flags->trace, "Write one JSON line per step")->type_name("FILE");
  add_whole(*command, "--limit", flags->limit, "Stop after this many bytes", 1, kMostBytes)->type_name("BYTES");
  command->add_option("--load-state", flags->load_state, "Continue the session that this file holds")
      ->type_name("FILE");
  command->add_option("--save-state", flags->save_state, "Write the session into a file after the stream")
      ->type_name("FILE");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags] { run(*flags); });
}

}  // namespace mgt::cli
