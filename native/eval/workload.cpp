#include "eval/workload.hpp"

#include <algorithm>
#include <filesystem>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json_file.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

namespace fs = std::filesystem;

std::string manifest_path(const std::string& choice) {
  if (choice.ends_with(".json")) return choice;
  std::string known;
  for (const char* word : kWorkloads) known += std::string(word) + ", ";
  if (choice != kUnseen && std::find(std::begin(kWorkloads), std::end(kWorkloads), choice) == std::end(kWorkloads)) {
    fail_usage("--workload " + choice + ": expected one of " + known + kUnseen + ", or a manifest that ends in .json");
  }
  std::error_code ignored;
  const fs::path manifest = (program_folder() / "../../bench/workloads" / (choice + ".json")).lexically_normal();
  if (fs::exists(manifest, ignored)) return manifest.string();
  fail_input("no " + manifest.string() +
             ": the recorded workloads lie in the project's tree; a manifest of your own "
             "works anywhere");
}

std::size_t lines_in(const std::byte* from, const std::byte* to) {
  return static_cast<std::size_t>(std::count(from, to, std::byte{'\n'}));
}

/// The labels that fall into the lines [first, first + count), counted from there.
void take_labels(const JsonValue& labels, std::size_t first, std::size_t count, WorkloadStream& out) {
  const std::string expected = "two line numbers, [first, end) with first < end";
  out.labelled = true;
  for (const JsonValue& range : labels.elements("a list of pairs of line numbers")) {
    const std::vector<JsonValue> pair = range.elements(expected);
    if (pair.size() != 2) range.fail(expected);
    const std::size_t from = pair[0].whole("a line number");
    const std::size_t to = pair[1].whole("a line number");
    if (from >= to) range.fail(expected);
    const std::size_t begin = std::max(from, first);
    const std::size_t end = std::min(to, first + count);
    if (begin < end) out.anomalies.emplace_back(begin - first, end - first);
  }
}

WorkloadStream read_stream(const JsonValue& entry, const fs::path& folder, Part part, std::uint64_t limit) {
  WorkloadStream stream;
  stream.name = entry.field("name").text();
  const JsonValue kind = entry.field("kind");
  stream.kind = kind.is_there() ? kind.text() : stream.name;
  const std::string path = (folder / entry.field("file").text()).lexically_normal().string();
  const std::vector<std::byte> file = read_file(path);
  const JsonValue calibration_bytes = entry.field("calibration_bytes");
  const std::string expected =
      "a whole number over 0 and under the " + std::to_string(file.size()) + " bytes of " + path;
  const std::size_t cut = calibration_bytes.whole(expected);
  if (cut == 0 || cut >= file.size()) calibration_bytes.fail(expected);
  const std::size_t begin = part == Part::held ? cut : 0;
  std::size_t size = part == Part::held ? file.size() - cut : cut;
  if (limit > 0) size = std::min<std::uint64_t>(size, limit);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  stream.before.assign(bytes, bytes + begin);
  stream.bytes.assign(bytes + begin, bytes + begin + size);
  if (const JsonValue labels = entry.field("anomalous_lines"); labels.is_there()) {
    const std::byte* from = file.data() + begin;
    take_labels(labels, lines_in(file.data(), from), lines_in(from, from + size), stream);
  }
  return stream;
}

}  // namespace

Part parse_part(const std::string& text) {
  if (text == "held") return Part::held;
  if (text == "calibration") return Part::calibration;
  fail_usage("--part " + text + ": expected held or calibration");
}

const char* name_of(Part part) noexcept {
  return part == Part::held ? "held" : "calibration";
}

Workload load_workload(const std::string& choice, Part part, std::uint64_t limit) {
  const std::string path = manifest_path(choice);
  const JsonFile file(path);
  const JsonValue manifest = file.root();
  Workload workload;
  workload.name = manifest.field("workload").text();
  const JsonValue description = manifest.field("description");
  if (description.is_there()) workload.description = description.text();
  const JsonValue policy = manifest.field("policy");
  workload.policy = policy.text();
  if (!find_policy(workload.policy)) policy.fail("one of " + policy_names());
  const JsonValue streams = manifest.field("streams");
  for (const JsonValue& entry : streams.elements("a list of streams")) {
    workload.streams.push_back(read_stream(entry, fs::path(path).parent_path(), part, limit));
  }
  if (workload.streams.empty()) streams.fail("at least 1 stream");
  return workload;
}

std::vector<WorkloadStream> shipped_streams(Part part, std::uint64_t limit) {
  std::vector<WorkloadStream> streams;
  for (const char* word : kWorkloads) {
    for (WorkloadStream& stream : load_workload(word, part, limit).streams) {
      const auto same = [&](const WorkloadStream& known) { return known.name == stream.name; };
      if (std::none_of(streams.begin(), streams.end(), same)) streams.push_back(std::move(stream));
    }
  }
  return streams;
}

}  // namespace mgt::cli
