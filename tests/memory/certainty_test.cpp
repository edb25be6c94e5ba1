#include "memory/certainty.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

using namespace mgt::memory;

TEST_CASE("certainty is the confidence at a cost of 0.8 nats per byte, and moves with what the last bytes cost",
          "[memory]") {
  for (const float confidence : {0.004f, 0.1f, 0.5f, 0.9f, 0.98f, 0.9998f}) {
    CHECK(std::abs(certainty_of(confidence, 4.0f) - confidence) < 1e-6f);
    // Two nats less: one unit of log-odds more.
    const double odds = static_cast<double>(confidence) / (1.0 - static_cast<double>(confidence)) * std::exp(1.0);
    CHECK(std::abs(static_cast<double>(certainty_of(confidence, 2.0f)) - odds / (1.0 + odds)) < 1e-5);
    CHECK(certainty_of(confidence, 6.0f) < confidence);
  }
  CHECK(certainty_of(0.9f, 0.0f) > kCertain);
  CHECK(certainty_of(0.99f, 10.0f) < kCertain);
}

TEST_CASE("certainty is a probability for whatever the memory may say", "[memory]") {
  for (const float confidence : {1e-9f, 1.0f / 256, 0.5f, 0.9999f, 1.0f}) {
    for (const float potential : {0.0f, 4.0f, 40.0f, 320.0f}) {
      const float certainty = certainty_of(confidence, potential);
      CAPTURE(confidence, potential);
      CHECK(certainty >= 0.0f);
      CHECK(certainty <= 1.0f);
    }
  }
}
