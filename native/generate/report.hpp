// What `mgt generate` says in the end, for machines and for people.
#pragma once

#include <string>

#include "app/json.hpp"
#include "generate/making.hpp"

namespace mgt::cli {

/// Keys and numbers as native/README.md lists them.
Json generate_json(const Session& session, std::size_t prompt_bytes, const GenerateOptions& options, const Both& both);

/// One or two lines.
std::string generate_text(const Session& session, const GenerateOptions& options, const Both& both);

}  // namespace mgt::cli
