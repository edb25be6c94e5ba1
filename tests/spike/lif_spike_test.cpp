#include "spike/lif_spike.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <limits>

using namespace mgt::spike;

namespace {

struct Fixture {
  SpikeOptions options;
  alignas(64) std::byte storage[256];
  LifSpike spike{storage, options};
};

}  // namespace

TEST_CASE("the potential is the leaky sum of the surprise", "[spike]") {
  Fixture f;
  double expected = 0;
  for (int i = 0; i < 500; ++i) {
    const float surprise = static_cast<float>(i * 37 % 101) * 0.03f;
    expected = 0.8 * expected + surprise;
    const SpikeReading& r = f.spike.push(surprise);
    REQUIRE(std::abs(r.potential_q16 / 65536.0 - expected) < 0.001);
    REQUIRE(r.fired == (r.potential_q16 >= 6 * 65536));
  }
}

TEST_CASE("the rate follows the fired steps", "[spike]") {
  Fixture f;
  for (int i = 0; i < 400; ++i) f.spike.push(0.01f);
  CHECK(f.spike.reading().rate_q15 == 0);
  for (int i = 0; i < 400; ++i) f.spike.push(8.0f);
  CHECK(f.spike.reading().rate_q15 > 32000);
  for (int i = 0; i < 400; ++i) f.spike.push(0.01f);
  CHECK(f.spike.reading().rate_q15 < 100);
}

TEST_CASE("novelty compares a byte with the running mean", "[spike]") {
  Fixture f;
  for (int i = 0; i < 2000; ++i) f.spike.push(1.0f);
  CHECK(std::abs(f.spike.reading().novelty_q15 - 16384) < 200);
  CHECK(f.spike.push(9.0f).novelty_q15 > 29000);
  CHECK(f.spike.push(0.01f).novelty_q15 < 400);
  CHECK(f.spike.push(0.0f).novelty_q15 == 0);
}

TEST_CASE("any float is taken, and the state is bytes", "[spike]") {
  Fixture f;
  for (const float x : {-1.0f, -std::numeric_limits<float>::infinity()}) CHECK(f.spike.push(x).potential_q16 == 0);
  CHECK(f.spike.push(std::numeric_limits<float>::quiet_NaN()).potential_q16 == 64u << 16);
  for (int i = 0; i < 1000; ++i) f.spike.push(std::numeric_limits<float>::infinity());
  CHECK(f.spike.reading().potential_q16 < 321u << 16);
  Fixture g;
  std::memcpy(g.storage, f.storage, sizeof f.storage);
  CHECK(g.spike.push(1.0f).potential_q16 == f.spike.push(1.0f).potential_q16);
}
