#include "eval/workload.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string manifest_path(const std::string& choice) {
  if (choice.ends_with(".json")) return choice;
  std::string known;
  for (const char* word : kWorkloads) known += std::string(word) + ", ";
  if (choice != kUnseen && std::find(std::begin(kWorkloads), std::end(kWorkloads), choice) == std::end(kWorkloads)) {
    fail_usage("--workload " + choice + ": expected one of " + known + kUnseen + ", or a manifest that ends in .json");
  }
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::array folders{(folder / "../../bench/workloads").lexically_normal(),
                           (folder / "../share/mgt/workloads").lexically_normal()};
  for (const fs::path& candidate : folders) {
    if (fs::exists(candidate / (choice + ".json"), ignored)) return (candidate / (choice + ".json")).string();
  }
  fail_input("no " + choice + ".json in " + folders[0].string() + " or " + folders[1].string());
}

std::size_t lines_in(const std::byte* from, const std::byte* to) {
  return static_cast<std::size_t>(std::count(from, to, std::byte{'\n'}));
}

/// A value of a manifest, and where it stands: "mine.json: streams[0].name". It ends the command where the value is not
/// what is expected.
class Value {
 public:
  Value(const json* value, std::string place) : value_(value), place_(std::move(place)) {}

  bool is_there() const noexcept { return value_ != nullptr; }

  std::string text() const {
    if (!is_there() || !value_->is_string()) fail("a text");
    return value_->get<std::string>();
  }

  std::size_t whole(const std::string& expected) const {
    if (!is_there() || !value_->is_number_unsigned()) fail(expected);
    return value_->get<std::size_t>();
  }

  std::vector<Value> elements(const std::string& expected) const {
    if (!is_there() || !value_->is_array()) fail(expected);
    std::vector<Value> elements;
    for (std::size_t i = 0; i < value_->size(); ++i) {
      elements.emplace_back(&(*value_)[i], place_ + "[" + std::to_string(i) + "]");
    }
    return elements;
  }

  /// A field of an object, which may be missing.
  Value field(const std::string& name) const {
    if (!is_there() || !value_->is_object()) fail("an object");
    const auto found = value_->find(name);
    const char* separator = place_.ends_with(']') ? "." : ": ";
    return {found == value_->end() ? nullptr : &*found, place_ + separator + name};
  }

  [[noreturn]] void fail(const std::string& expected) const {
    std::string found = is_there() ? value_->dump() : "missing";
    if (found.size() > kMostShown) found = found.substr(0, kMostShown) + "...";
    fail_input(place_ + " is " + found + ", expected " + expected);
  }

 private:
  static constexpr std::size_t kMostShown = 60;

  const json* value_;
  std::string place_;
};

json parse_manifest(const std::string& path) {
  const std::vector<std::byte> text = read_file(path);
  const auto* begin = reinterpret_cast<const char*>(text.data());
  try {
    return json::parse(begin, begin + text.size());
  } catch (const json::parse_error& error) {
    fail_input(path + ": no JSON from byte " + std::to_string(error.byte) + " on");
  }
}

/// The labels that fall into the lines [first, first + count), counted from there.
void take_labels(const Value& labels, std::size_t first, std::size_t count, WorkloadStream& out) {
  const std::string expected = "two line numbers, [first, end) with first < end";
  out.labelled = true;
  for (const Value& range : labels.elements("a list of pairs of line numbers")) {
    const std::vector<Value> pair = range.elements(expected);
    if (pair.size() != 2) range.fail(expected);
    const std::size_t from = pair[0].whole("a line number");
    const std::size_t to = pair[1].whole("a line number");
    if (from >= to) range.fail(expected);
    const std::size_t begin = std::max(from, first);
    const std::size_t end = std::min(to, first + count);
    if (begin < end) out.anomalies.emplace_back(begin - first, end - first);
  }
}

WorkloadStream read_stream(const Value& entry, const fs::path& folder, Part part, std::uint64_t limit) {
  WorkloadStream stream;
  stream.name = entry.field("name").text();
  const Value kind = entry.field("kind");
  stream.kind = kind.is_there() ? kind.text() : stream.name;
  const std::string path = (folder / entry.field("file").text()).lexically_normal().string();
  const std::vector<std::byte> file = read_file(path);
  const Value calibration_bytes = entry.field("calibration_bytes");
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
  if (const Value labels = entry.field("anomalous_lines"); labels.is_there()) {
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
  const json parsed = parse_manifest(path);
  const Value manifest(&parsed, path);
  Workload workload;
  workload.name = manifest.field("workload").text();
  const Value description = manifest.field("description");
  if (description.is_there()) workload.description = description.text();
  const Value policy = manifest.field("policy");
  workload.policy = policy.text();
  if (!find_policy(workload.policy)) policy.fail("one of " + policy_names());
  const Value streams = manifest.field("streams");
  for (const Value& entry : streams.elements("a list of streams")) {
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
