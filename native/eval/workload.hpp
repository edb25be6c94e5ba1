// A workload: recorded streams, split by time into a part to calibrate on and a part to measure on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mgt::cli {

enum class Part : std::uint8_t { calibration, held };

/// "calibration" or "held". Errors: usage.
Part parse_part(const std::string& text);
const char* name_of(Part part) noexcept;

/// One part of a recorded stream.
struct WorkloadStream {
  std::string name;
  std::string kind;  ///< streams of one kind read alike: "log", "code"; its name where the manifest says nothing
  std::vector<std::uint8_t> before;  ///< what came before this part: the calibration part, for the held-out one
  std::vector<std::uint8_t> bytes;
  bool labelled = false;                                       ///< the manifest says which lines are anomalous
  std::vector<std::pair<std::size_t, std::size_t>> anomalies;  ///< lines of this part, [first, end)
};

struct Workload {
  std::string name;
  std::string description;  ///< empty where the manifest says nothing
  std::string policy;       ///< the one it is meant to run under
  std::vector<WorkloadStream> streams;
};

inline constexpr const char* kWorkloads[] = {"streaming", "interactive", "continuous", "safety"};
/// Streams of kinds that no shipped model was trained on; nothing is fitted on them.
inline constexpr const char* kUnseen = "unseen";

/// Reads a manifest and one part of its streams.
///
/// choice  a word of kWorkloads or kUnseen, looked up in ../../bench/workloads and ../share/mgt/workloads seen from the
///         executable, or the path of a manifest (it ends in .json)
/// limit   bytes of each stream at most; 0: all
/// errors  usage for an unknown word, bad input for what is wrong with a file, naming it and the field
Workload load_workload(const std::string& choice, Part part, std::uint64_t limit);

/// One part of every stream of kWorkloads, each stream once, in their order.
std::vector<WorkloadStream> shipped_streams(Part part, std::uint64_t limit);

}  // namespace mgt::cli
