// Creation leaves most of a session's memory alone: pages that no byte has needed yet cost nothing.
#if defined(__linux__)

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "mgt/session.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST_CASE("creating a session touches a small part of its memory", "[session]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.memory_bytes = 1u << 26;
  const std::size_t before = resident_bytes();
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  const std::size_t created = resident_bytes();
  CHECK(created - before < options.memory_bytes / 4);
  session->reset();  // which clears all of it
  CHECK(resident_bytes() - before > options.memory_bytes / 4);
}

}  // namespace
}  // namespace mgt::test

#endif
