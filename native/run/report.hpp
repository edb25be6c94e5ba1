// What `mgt run` says in the end, for machines and for people.
#pragma once

#include <string>

#include "app/json.hpp"
#include "run/stream.hpp"

namespace mgt::cli {

/// Keys and numbers as native/README.md lists them.
Json run_json(const Stream& stream, const SessionOptions& options);

/// A table of tiers, one of speed and quality (beside dense where it ran), and a sentence on what was saved.
std::string run_text(const Stream& stream, const SessionOptions& options);

}  // namespace mgt::cli
