// Trace lines from an adversary: what is accepted is JSON, and says the same when it is written again.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "mgt/trace.hpp"
#include "require.hpp"

namespace {

using namespace mgt;
using fuzz::require;

constexpr std::size_t kMaxInput = 4 * kMaxTraceLine;

/// Written again, a record keeps every field: the two lines and the two seals are equal.
void check_round_trip(const Witness& witness) {
  char line[kMaxTraceLine];
  const std::size_t size = format_trace_line(witness, line);
  require(size > 0);
  const auto again = parse_trace_line({line, size});
  require(again.has_value());
  char second[kMaxTraceLine];
  require(format_trace_line(*again, second) == size);
  require(std::memcmp(line, second, size) == 0);
  require(seal(*again) == seal(witness) && again->hash == witness.hash);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMaxInput) return 0;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto witness = parse_trace_line(line);
  if (!witness) {
    require(witness.error().code() == Errc::bad_trace);
    require(std::strlen(witness.error().message()) > 0);
    return 0;
  }
  require(nlohmann::json::accept(line));
  check_round_trip(*witness);
  return 0;
}
