#include "app/trace_file.hpp"

#include "app/failure.hpp"
#include "mgt/trace.hpp"

namespace mgt::cli {

TraceFile::TraceFile(const std::string& path) : path_(path) {}

void TraceFile::write(std::span<const Witness> witnesses) {
  if (!file_) file_.reset(std::fopen(path_.c_str(), "we"));
  if (!file_) fail_errno(path_);
  char line[kMaxTraceLine + 1];
  for (const Witness& witness : witnesses) {
    std::size_t size = format_trace_line(witness, {line, kMaxTraceLine});
    line[size++] = '\n';
    if (std::fwrite(line, 1, size, file_.get()) != size) fail_errno(path_);
  }
}

void TraceFile::close() {
  if (file_ && std::fclose(file_.release()) != 0) fail_errno(path_);
}

}  // namespace mgt::cli
