#include "app/output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "app/failure.hpp"

namespace mgt::cli {
namespace {

[[noreturn]] void output_failed() {
  if (errno == EPIPE) throw BrokenPipe{};
  fail_internal(std::string("stdout: ") + std::strerror(errno));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) output_failed();
}

void print_now(std::string_view text) {
  print(text);
  flush_output();
}

void flush_output() {
  if (std::fflush(stdout) != 0) output_failed();
}

}  // namespace mgt::cli
