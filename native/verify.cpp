// mgt verify: does a trace still say what it said when it was written, and would it be written again?
#include <CLI/CLI.hpp>
#include <cstring>
#include <memory>
#include <optional>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "mgt/kernels.hpp"
#include "mgt/trace.hpp"
#include "verify/chain.hpp"
#include "verify/recomputation.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt run --trace witness.jsonl app.log && mgt verify witness.jsonl\n"
    "  mgt verify witness.jsonl --input app.log\n"
    "  mgt run --policy exact --limit 5000 --trace t.jsonl app.log && mgt verify t.jsonl --input app.log --limit 5000 "
    "--policy exact\n"
    "\n"
    "Recomputes the seal of every record and its link to the record before. A record that was changed, inserted,\n"
    "moved or cut out of the middle ends the check with exit code 1 and the number of its step. The hash is not "
    "cryptographic:\n"
    "it finds accidents and edits, it does not withstand someone who reseals the rest of the file.\n"
    "With --input the stream is run again, with the model and the options that the trace was written with, and the\n"
    "first step and field that differ are named: that also finds a resealed file, on any machine. Without it nothing "
    "is\n"
    "run, and the options of a session say nothing.";

struct VerifyFlags {
  SessionFlags session;
  std::string trace;
  std::string input;
  std::uint64_t limit = 0;
  bool json = false;
};

Json verify_json(const std::string& trace, const ChainChecker& chain, const Recomputation* again) {
  Json json;
  json["trace"] = trace;
  json["records"] = chain.records();
  json["first_step"] = chain.first_step();
  json["last_step"] = chain.last_step();
  json["last_hash"] = hex16(chain.last_hash());
  if (again == nullptr) return json;
  json["model"] = again->session().model().name();
  json["policy"] = mgt::name_of(again->session().policy_kind());
  json["arch"] = current_arch();
  json["recomputed"] = again->session().stats().tokens;
  return json;
}

std::string verify_text(const std::string& trace, const ChainChecker& chain, const Recomputation* again) {
  return trace + ": " + counted(chain.records(), "record") + ", steps " + std::to_string(chain.first_step()) + " to " +
         std::to_string(chain.last_step()) + ", " + green("unbroken") + "; the chain ends in " +
         hex16(chain.last_hash()) + (again != nullptr ? ", as recomputed" : "") + "\n";
}

/// Hands the lines of a stream to `take`, without their newline.
template <class Take>
void for_each_line(ByteSource& source, Take&& take) {
  std::string pending;
  std::vector<std::uint8_t> block(1 << 16);
  while (const std::size_t n = source.read(block)) {
    const char* at = reinterpret_cast<const char*>(block.data());
    const char* const end = at + n;
    while (const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      pending.append(at, static_cast<const char*>(newline));
      take(std::string_view(pending));
      pending.clear();
      at = static_cast<const char*>(newline) + 1;
    }
    pending.append(at, end);
    if (pending.size() > 16 * kMaxTraceLine) {
      fail_input(source.name() + ": a line of over " + std::to_string(16 * kMaxTraceLine) +
                 " bytes is no trace record");
    }
  }
  if (!pending.empty()) take(std::string_view(pending));
}

/// The session that the trace was made with, if it is to be made again.
std::optional<Recomputation> open_recomputation(const VerifyFlags& flags) {
  if (flags.input.empty()) {
    if (flags.limit > 0) fail_usage("--limit needs --input");
    return std::nullopt;
  }
  if (flags.input == "-" && flags.trace == "-") fail_usage("--input -: TRACE is stdin already");
  const SessionOptions options = flags.session.options();
  if (options.deadline_us > 0 && flags.session.step_bound_us.empty()) {
    fail_usage("--deadline needs --step-bounds here: those that the run printed");
  }
  const Model model = load_model(flags.session.model);
  return std::optional<Recomputation>(std::in_place, open_session(model, options), flags.input, flags.limit);
}

void verify(const VerifyFlags& flags) {
  ByteSource source(flags.trace);
  std::optional<Recomputation> again = open_recomputation(flags);
  ChainChecker chain(source.name());
  for_each_line(source, [&](std::string_view line) {
    const Witness witness = chain.check(line);
    if (again) again->compare(chain, witness);
  });
  if (chain.records() == 0) fail_input(source.name() + ": empty, expected at least 1 record");
  if (again) again->expect_end(source.name(), chain.last_step());
  const Recomputation* recomputation = again ? &*again : nullptr;
  if (flags.json) {
    print_json(verify_json(source.name(), chain, recomputation));
  } else {
    print(verify_text(source.name(), chain, recomputation));
  }
}

}  // namespace

void add_verify(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "Check a trace: its seals, its chain, and with --input every step");
  const auto flags = std::make_shared<VerifyFlags>();
  command->add_option("TRACE", flags->trace, "Trace file, or - for stdin")->required()->type_name("");
  command->add_option("--input", flags->input, "Run this stream again and compare every step")->type_name("FILE");
  add_whole(*command, "--limit", flags->limit, "With --input: the trace covers this many bytes", 1, kMostBytes)
      ->type_name("BYTES");
  flags->session.add_all(*command);
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags] { verify(*flags); });
}

}  // namespace mgt::cli
