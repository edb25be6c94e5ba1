// Reading and printing numbers: against the standard library, over random bit patterns and the hard cases.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

#include "text/numbers.hpp"

namespace {

using mgt::text::kMaxNumberText;
using mgt::text::read_float;

float read(const std::string& text) {
  float x = -1;
  INFO(text);
  REQUIRE(read_float(text, x));
  return x;
}

bool is_refused(const std::string& text) {
  float x = 0;
  return !read_float(text, x);
}

template <class T>
std::string printed(T x) {
  char buffer[kMaxNumberText];
  return std::string(mgt::text::print(x, buffer));
}

/// What glibc reads, which is correctly rounded.
float expected(const std::string& text) {
  return std::strtof(text.c_str(), nullptr);
}

std::string with_digits(double x, int digits) {
  char buffer[900];
  std::snprintf(buffer, sizeof buffer, "%.*e", digits - 1, x);
  return buffer;
}

}  // namespace

TEST_CASE("random floats, printed with few and with many digits, read as the nearest float", "[text]") {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isfinite(x)) continue;
    for (const int digits : {1, 6, 9, 12, 17, 60}) {
      const std::string text = with_digits(static_cast<double>(x), digits);
      if (std::isinf(expected(text))) continue;
      INFO(text);
      REQUIRE(std::bit_cast<std::uint32_t>(read(text)) == std::bit_cast<std::uint32_t>(expected(text)));
    }
  }
}

TEST_CASE("halfway between two floats the even one is read, and a trace of more decides", "[text]") {
  std::mt19937 random(2);
  for (int i = 0; i < 5000; ++i) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(random() & 0x7fffffffu));
    const float next = std::nextafter(x, std::numeric_limits<float>::infinity());
    if (!std::isfinite(next)) continue;
    const double middle = (static_cast<double>(x) + static_cast<double>(next)) / 2;
    std::string text = with_digits(middle, 160);  // every digit of it: the smallest have 112
    const std::size_t e = text.find('e');
    INFO(text);
    REQUIRE(read(text) == expected(text));
    REQUIRE(read(text.substr(0, e) + "0001" + text.substr(e)) == next);
    REQUIRE(read(text.substr(0, e) + std::string(900, '0') + "1" + text.substr(e)) == next);
  }
}

TEST_CASE("the ends of the range: zero below the smallest float, refused above the largest", "[text]") {
  CHECK(read("0") == 0.0f);
  CHECK(std::signbit(read("-0")));
  CHECK(read("1.401298464324817e-45") == std::numeric_limits<float>::denorm_min());
  CHECK(read("7.00649232162408535e-46") == 0.0f);
  CHECK(read("7.0064923216240854e-46") == std::numeric_limits<float>::denorm_min());
  CHECK(read("1.1754943508222875e-38") == std::numeric_limits<float>::min());
  CHECK(read("1e-999999999999") == 0.0f);
  CHECK(read("3.4028234663852886e38") == std::numeric_limits<float>::max());
  CHECK(read("3.40282356779733661637539395458e38") == std::numeric_limits<float>::max());
  CHECK(is_refused("3.40282356779733661637539395458142568448e38"));
  CHECK(is_refused("1e39"));
  CHECK(is_refused("1e999999999999"));
}

TEST_CASE("only JSON's numbers are numbers", "[text]") {
  for (const char* text :
       {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "inf", "nan", "1 ", " 1", "1e5.0", "--1"}) {
    INFO(text);
    CHECK(is_refused(text));
  }
  CHECK(read("1E+2") == 100.0f);
  CHECK(read("-12.50e-1") == -1.25f);
}

TEST_CASE("a printed float reads back, and is the shortest such text", "[text]") {
  CHECK(printed(0.1f) == "0.1");
  CHECK(printed(1e30f) == "1e+30");
  CHECK(printed(-2.5f) == "-2.5");
  CHECK(printed(std::numeric_limits<float>::infinity()) == "inf");
}

TEST_CASE("a double is printed as by %.17g", "[text]") {
  std::mt19937_64 random(3);
  const auto same = [](double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", x);
    REQUIRE(printed(x) == text);
  };
  for (int i = 0; i < 20000; ++i) {
    const auto x = std::bit_cast<double>(random());
    if (std::isfinite(x)) same(x);
  }
  for (int exponent = -30; exponent < 30; ++exponent) same(std::pow(10.0, exponent));
  for (const double x : {0.0, -0.0, 0.1, 1.0, 123456789.0, 0.5, 99999999999999999.0, 5e-324, 1.7976931348623157e308})
    same(x);
}
