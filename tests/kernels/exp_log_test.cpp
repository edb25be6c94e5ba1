// Accuracy of the project's own exp and ln over a dense sweep of their range.
#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

/// exp(x) for x <= 0 seen through softmax: with one logit at 0 it is the ratio of two probabilities. The divisions add
/// up to three roundings (2e-7) of their own.
float exp_through_softmax(const KernelTable& table, float x) {
  float row[16];
  for (float& v : row) v = -200.0f;
  row[0] = 0.0f;
  row[1] = x;
  table.softmax(row, 16, row);
  return row[1] / row[0];
}

}  // namespace

TEST_CASE("exp is accurate to 3e-7 over its range", "[kernels]") {
  double worst = 0;
  for (double x = -87.3; x < 0; x += 0.00137) {
    const float argument = static_cast<float>(x);
    const double expected = std::exp(double{argument});
    const double got = exp_through_softmax(scalar(), argument);
    worst = std::max(worst, std::fabs(got - expected) / expected);
  }
  INFO("worst relative error " << worst);
  CHECK(worst < 3e-7);
}

TEST_CASE("ln is accurate to 2 units in the last place over all normal magnitudes", "[kernels]") {
  double worst = 0;
  for (std::uint32_t first = 0x00800000; first < 0x7f800000u - 16 * 9973; first += 16 * 9973) {
    float x[16], out[16];
    for (std::uint32_t i = 0; i < 16; ++i) x[i] = std::bit_cast<float>(first + i * 9973);
    scalar().log(x, 16, out);
    for (int i = 0; i < 16; ++i) {
      const double expected = std::log(double{x[i]});
      const double ulp = std::max(std::fabs(expected), 1e-3) * 1.2e-7;
      worst = std::max(worst, std::fabs(out[i] - expected) / ulp);
    }
  }
  INFO("worst error in units of the last place " << worst);
  CHECK(worst < 2);
}

TEST_CASE("ln of zero, subnormals, negatives and NaN is that of the smallest normal", "[kernels]") {
  const float smallest = std::numeric_limits<float>::min();
  float x[16] = {0.0f, -0.0f, 1e-40f, -1.0f, std::numeric_limits<float>::quiet_NaN(), smallest};
  for (const KernelTable* table : available_kernels()) {
    INFO("table " << table->name);
    float out[16];
    table->log(x, 16, out);
    for (int i = 0; i < 6; ++i) CHECK(out[i] == out[5]);
    CHECK(std::fabs(out[5] - std::log(smallest)) < 1e-5);
  }
}
