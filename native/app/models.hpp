// Which model a command works with: --model, $MGT_MODEL, or the baseline that ships with the program.
#pragma once

#include <string>

#include "mgt/model.hpp"

namespace mgt::cli {

/// The file behind a --model value: a path, or one of the words "micro", "baseline" and "baseline-int4"; "" is
/// $MGT_MODEL or else "baseline". Words are looked up in ../../models (a build folder) and ../share/mgt/models (an
/// installation), seen from the executable. Errors: bad input, with the folders searched.
std::string model_path(const std::string& choice);

/// Reads and checks the model. Errors name the file.
Model load_model(const std::string& choice);

}  // namespace mgt::cli
