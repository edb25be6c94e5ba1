// The formatter behind every error message, against the C library's.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

#include "text/format.hpp"

namespace {

template <class... Args>
std::string formatted(const char* format, Args... args) {
  char buffer[200];
  mgt::text::format_text(buffer, format, args...);
  return buffer;
}

template <class... Args>
std::string by_libc(const char* format, Args... args) {
  char buffer[200];
  std::snprintf(buffer, sizeof buffer, format, args...);
  return buffer;
}

}  // namespace

// The formats are arguments of both functions, which no compiler can check.
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

TEST_CASE("texts, characters and integers come out as printf's", "[text]") {
  const auto same = [](const char* format, auto... args) {
    INFO(format);
    CHECK(formatted(format, args...) == by_libc(format, args...));
  };
  same("nothing but text");
  same("100%% of %s", "it");
  same("'%.*s' and '%.*s'", 3, "abcdef", 0, "x");
  same("column %zu: expected '%c'", std::size_t{12}, '}');
  same("%d %d %d", 0, -7, std::numeric_limits<int>::min());
  same("%u %lu %llu", 0u, ~0ul, ~0ull);
  same("%lld %ld", std::numeric_limits<long long>::min(), -1l);
  same("%016llx %08x %02x %x", 0xfedcba9876543210ull, 0x1234u, 7u, 0u);
}

TEST_CASE("a float comes out as the shortest text that reads back", "[text]") {
  CHECK(formatted("temperature is %g, allowed are 0 and %g to 10", -1.0, 0.01) ==
        "temperature is -1, allowed are 0 and 0.01 to 10");
  CHECK(formatted("%g", static_cast<double>(16777215.0f)) == "16777215");
  CHECK(formatted("%g", 1e-7) == "1e-07");
}

TEST_CASE("a conversion that is not supported ends the text", "[text]") {
  for (const char* format : {"%d: %5d", "%d: %-5d", "%d: %.3f of %s", "%d: %f", "%d: %p", "%d: %hd", "%d: %"}) {
    CHECK(formatted(format, 7, 8, "x") == "7: ...");
  }
}

TEST_CASE("a text that is too long is cut and terminated", "[text]") {
  char buffer[8] = "#######";
  mgt::text::format_text(buffer, "%s", "1234567890");
  CHECK(std::string(buffer) == "1234567");
  char one[1] = {'#'};
  mgt::text::format_text(one, "%d", 5);
  CHECK(one[0] == '\0');
}
