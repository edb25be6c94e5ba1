// What `mgt eval --workload` says in the end, for machines and for people.
#pragma once

#include <string>
#include <vector>

#include "app/json.hpp"
#include "eval/streaming.hpp"

namespace mgt::cli {

/// What the figures were taken with.
struct WorkloadRun {
  const Workload& workload;
  Part part;
  bool warm;
  const Session& gated;
};

/// Keys and numbers as native/README.md lists them.
Json workload_json(const WorkloadRun& run, std::vector<StreamFigures>& streams);

/// A table of the streams, one of latencies by tier, and one of anomaly scores where streams are labelled.
std::string workload_text(const WorkloadRun& run, std::vector<StreamFigures>& streams);

}  // namespace mgt::cli
