// mgt verify: does a trace still say what it said when it was written?
#include <CLI/CLI.hpp>
#include <cstring>
#include <memory>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "mgt/trace.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt run --trace witness.jsonl app.log && mgt verify witness.jsonl\n"
    "\n"
    "Recomputes the seal of every record and its link to the record before. A record that was changed, inserted,\n"
    "moved or cut out of the middle ends the check with exit code 1 and the number of its step. The hash is not "
    "cryptographic:\n"
    "it finds accidents and edits, it does not withstand someone who reseals the rest of the file.";

/// Checks records one by one and remembers where the chain stands.
class ChainChecker {
 public:
  explicit ChainChecker(const std::string& path) : path_(path) {}

  void check(std::string_view line) {
    ++line_number_;
    const Witness witness = unwrap(parse_trace_line(line), path_ + ": line " + std::to_string(line_number_));
    if (records_ == 0) {
      first_step_ = witness.step;
    } else {
      if (witness.step != last_step_ + 1) differ(witness, "follows step " + std::to_string(last_step_));
      if (witness.previous_hash != last_hash_) {
        differ(witness,
               "continues " + hex16(witness.previous_hash) + ", the record before ends in " + hex16(last_hash_));
      }
    }
    if (const std::uint64_t sealed = seal(witness); sealed != witness.hash) {
      differ(witness, "says hash " + hex16(witness.hash) + ", its fields give " + hex16(sealed));
    }
    ++records_;
    last_step_ = witness.step;
    last_hash_ = witness.hash;
  }

  Json json() const {
    Json json;
    json["trace"] = path_;
    json["records"] = records_;
    json["first_step"] = first_step_;
    json["last_step"] = last_step_;
    json["last_hash"] = hex16(last_hash_);
    return json;
  }

  std::string text() const {
    return path_ + ": " + with_commas(records_) + " records, steps " + std::to_string(first_step_) + " to " +
           std::to_string(last_step_) + ", " + green("unbroken") + "; the chain ends in " + hex16(last_hash_) + "\n";
  }

 private:
  [[noreturn]] void differ(const Witness& witness, const std::string& how) const {
    fail_input(path_ + ": line " + std::to_string(line_number_) + ": step " + std::to_string(witness.step) + " " + how);
  }

  const std::string& path_;
  std::uint64_t line_number_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t first_step_ = 0;
  std::uint64_t last_step_ = 0;
  std::uint64_t last_hash_ = 0;
};

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

void verify(const std::string& path, bool as_json) {
  ByteSource source(path);
  ChainChecker checker(source.name());
  std::uint64_t records = 0;
  for_each_line(source, [&](std::string_view line) {
    checker.check(line);
    ++records;
  });
  if (records == 0) fail_input(source.name() + ": empty, expected at least 1 record");
  if (as_json) {
    print_json(checker.json());
  } else {
    print(checker.text());
  }
}

}  // namespace

void add_verify(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "Check a trace: every record's seal and the chain between them");
  const auto path = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("TRACE", *path, "Trace file, or - for stdin")->required()->type_name("");
  command->add_flag("--json", *json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([path, json] { verify(*path, *json); });
}

}  // namespace mgt::cli
