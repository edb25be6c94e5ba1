// Runs the built command line with given arguments, input and environment, and keeps what it said.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mgt::test {

/// A folder that goes away with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view text) const;
  std::string write(const std::string& name, std::span<const std::byte> bytes) const;
  /// A tiny random model of 3 layers, named "tiny".
  std::string write_model() const;
  std::string read(const std::string& name) const;

 private:
  std::string path_;
};

struct Said {
  int exit = -1;  ///< 128 + the signal where one ended it
  std::string out;
  std::string err;
};

/// What the program finds around it. MGT_MODEL is unset unless given here.
struct Surroundings {
  std::string input = {};
  std::map<std::string, std::string> environment = {};
  std::string output = {};   ///< a path that stdout goes to instead of Said::out
  bool reader_gone = false;  ///< stdout is a pipe that nobody reads
};

Said run_mgt(std::vector<std::string> arguments, const Surroundings& around = {});

/// Repetitive enough that the gate finds something to skip.
std::string sample_text(std::size_t size);

}  // namespace mgt::test
