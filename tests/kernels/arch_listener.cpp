// MGT_ARCH chooses the kernel table for a whole test run; a table that is not to be had ends the run at once.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

#include "kernels/table.hpp"

namespace {

class ArchListener : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override {
    const char* name = std::getenv("MGT_ARCH");
    if (name == nullptr || mgt::use_kernels(name)) return;
    std::fprintf(stderr, "MGT_ARCH=%s: this build or this CPU has no such kernels\n", name);
    std::exit(2);
  }
};

CATCH_REGISTER_LISTENER(ArchListener)

}  // namespace

TEST_CASE("MGT_ARCH is the table in force", "[arch]") {
  const char* name = std::getenv("MGT_ARCH");
  const char* expected = name != nullptr ? name : mgt::available_kernels().front()->name;
  CHECK(std::string(mgt::kernels().name) == expected);
}
