#include "eval/workload.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/failure.hpp"
#include "app/files.hpp"

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

/// The labels that fall into the lines [first, first + count), counted from there.
void take_labels(const json& labels, std::size_t first, std::size_t count, WorkloadStream& out) {
  out.labelled = true;
  for (const json& range : labels) {
    const auto begin = std::max(range.at(0).get<std::size_t>(), first);
    const auto end = std::min(range.at(1).get<std::size_t>(), first + count);
    if (begin < end) out.anomalies.emplace_back(begin - first, end - first);
  }
}

WorkloadStream read_stream(const json& entry, const fs::path& folder, Part part, std::uint64_t limit) {
  WorkloadStream stream;
  stream.name = entry.at("name");
  stream.kind = entry.value("kind", stream.name);
  const std::string path = (folder / entry.at("file").get<std::string>()).lexically_normal().string();
  const std::vector<std::byte> file = read_file(path);
  const auto cut = entry.at("calibration_bytes").get<std::size_t>();
  if (cut == 0 || cut >= file.size()) {
    fail_input(path + ": calibration_bytes is " + std::to_string(cut) + ", the file has " +
               std::to_string(file.size()));
  }
  const std::size_t begin = part == Part::held ? cut : 0;
  std::size_t size = part == Part::held ? file.size() - cut : cut;
  if (limit > 0) size = std::min<std::uint64_t>(size, limit);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  stream.before.assign(bytes, bytes + begin);
  stream.bytes.assign(bytes + begin, bytes + begin + size);
  if (entry.contains("anomalous_lines")) {
    const std::byte* from = file.data() + begin;
    take_labels(entry["anomalous_lines"], lines_in(file.data(), from), lines_in(from, from + size), stream);
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
  const std::vector<std::byte> text = read_file(path);
  const auto* begin = reinterpret_cast<const char*>(text.data());
  Workload workload;
  try {
    const json manifest = json::parse(begin, begin + text.size());
    workload.name = manifest.at("workload");
    workload.description = manifest.at("description");
    workload.policy = manifest.at("policy");
    for (const json& entry : manifest.at("streams")) {
      workload.streams.push_back(read_stream(entry, fs::path(path).parent_path(), part, limit));
    }
  } catch (const json::exception& error) {
    fail_input(path + ": " + error.what());
  }
  if (workload.streams.empty()) fail_input(path + ": streams is empty, expected at least 1");
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
