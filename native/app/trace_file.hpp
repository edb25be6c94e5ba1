// The file behind --trace: one line per step.
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "mgt/witness.hpp"

namespace mgt::cli {

class TraceFile {
 public:
  explicit TraceFile(const std::string& path);

  /// The first time it creates or empties the file: an input that fails before leaves it as it was. Errors: bad input,
  /// naming it.
  void write(std::span<const Witness> witnesses);
  /// Hands everything over; a full disk shows here at the latest.
  void close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace mgt::cli
