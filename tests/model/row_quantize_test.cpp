#include "model/row_quantize.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/tile_layout.hpp"
#include "model/float16.hpp"
#include "model/pack.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::detail;

TEST_CASE("every half survives the way to float and back", "[model][f16]") {
  for (std::uint32_t h = 0; h < 65536; ++h) {
    const auto half = static_cast<std::uint16_t>(h);
    const float value = f16_to_f32(half);
    if (std::isnan(value)) {
      CHECK(std::isnan(f16_to_f32(f32_to_f16(value))));
    } else {
      CHECK(f32_to_f16(value) == half);
    }
  }
}

TEST_CASE("floats round to the nearest half, ties to even", "[model][f16]") {
  CHECK(f32_to_f16(1.0f) == 0x3c00);
  CHECK(f32_to_f16(-0.0f) == 0x8000);
  CHECK(f32_to_f16(65504.0f) == 0x7bff);
  CHECK(f32_to_f16(65519.996f) == 0x7bff);
  CHECK(f32_to_f16(65520.0f) == 0x7c00);
  CHECK(f32_to_f16(std::numeric_limits<float>::infinity()) == 0x7c00);
  CHECK(f32_to_f16(-std::numeric_limits<float>::infinity()) == 0xfc00);
  CHECK(f32_to_f16(0x1p-24f) == 0x0001);
  CHECK(f32_to_f16(0x1p-25f) == 0x0000);             // a tie with zero, which is even
  CHECK(f32_to_f16(0x1.000002p-25f) == 0x0001);      // just above the tie
  CHECK(f32_to_f16(0x1.8p-24f) == 0x0002);           // a tie between 1 and 2
  CHECK(f32_to_f16(0x1.ff8p-15f) == 0x03ff);         // the largest subnormal
  CHECK(f32_to_f16(0x1p-14f) == 0x0400);             // the smallest normal
  CHECK(f32_to_f16(1.0f + 0x1p-11f) == 0x3c00);      // a tie, down to even
  CHECK(f32_to_f16(1.0f + 3 * 0x1p-11f) == 0x3c02);  // a tie, up to even
}

TEST_CASE("quantize_value rounds half to even and clamps", "[model][quantize]") {
  CHECK(quantize_value(0.5f, 1.0f) == 0);
  CHECK(quantize_value(1.5f, 1.0f) == 2);
  CHECK(quantize_value(-2.5f, 1.0f) == -2);
  CHECK(quantize_value(300.0f, 1.0f) == 127);
  CHECK(quantize_value(-300.0f, 1.0f) == -127);
  CHECK(quantize_value(5.0f, 0.0f) == 0);
}

TEST_CASE("a quantised row is within half a step of the original", "[model][quantize]") {
  test::Random random(3);
  std::vector<float> row(96);
  for (const float spread : {0.0f, 1e-40f, 1e-6f, 1.0f, 60000.0f}) {
    for (float& w : row) w = spread * random.uniform();
    std::vector<std::int8_t> q(row.size());
    const float scale = quantize_row(row, q.data());
    std::vector<std::byte> blocks(3 * 34);
    encode_q8_0_row(row, blocks.data());
    float stored = -1;
    REQUIRE(uniform_q8_0_row(blocks, &stored));
    std::vector<std::int8_t> copied(row.size());
    copy_q8_0_values(blocks, copied.data());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (spread != 1e-40f) CHECK(std::fabs(row[i] - scale * q[i]) <= 0.5001f * scale);
      CHECK(std::fabs(row[i] - stored * copied[i]) <= std::max(0.501f * stored, 1e-7f * spread + 0x1p-25f * 127));
      CHECK(q[i] >= -127);
      CHECK(copied[i] >= -127);
    }
  }
}

TEST_CASE("a Q8_0 row is taken as it stands only with one scale and without -128", "[model][quantize]") {
  std::vector<float> row(64, 1.0f);
  std::vector<std::byte> blocks(2 * 34);
  encode_q8_0_row(row, blocks.data());
  float scale;
  CHECK(uniform_q8_0_row(blocks, &scale));
  CHECK(scale == f16_to_f32(f32_to_f16(1.0f / 127.0f)));
  auto other_scale = blocks;
  other_scale[34] ^= std::byte{1};
  CHECK_FALSE(uniform_q8_0_row(other_scale, &scale));
  auto lowest = blocks;
  lowest[40] = std::byte{0x80};
  CHECK_FALSE(uniform_q8_0_row(lowest, &scale));
}

TEST_CASE("an int4 row keeps one scale and the best of its clip shares", "[model][quantize]") {
  test::Random random(7);
  std::vector<float> row(96);
  for (float& w : row) w = random.uniform() * random.uniform() * random.uniform();
  std::vector<std::byte> blocks(3 * 18);
  encode_q4_0_row(row, blocks.data());
  float scale = 0;
  REQUIRE(uniform_q4_0_row(blocks, &scale, nullptr));
  std::vector<std::int8_t> q(row.size());
  copy_q4_0_values(blocks, q.data());

  float largest = 0;
  for (const float w : row) largest = std::max(largest, std::fabs(w));
  const auto error_of = [&](float d) {
    double sum = 0;
    for (const float w : row) {
      const double integer = std::clamp(std::nearbyint(double{w} / d), -7.0, 7.0);
      sum += (w - d * integer) * (w - d * integer);
    }
    return sum;
  };
  double least = 1e9;
  float best = 0;
  for (const double share : {1.0, 0.92, 0.84, 0.76, 0.68, 0.6}) {
    const float d = f16_to_f32(f32_to_f16(static_cast<float>(share * largest / 7)));
    if (error_of(d) < least) least = error_of(d), best = d;
  }
  CHECK(scale == best);
  CHECK(scale < largest / 7 * 0.95f);  // this row has few large weights: clipping them pays
  for (std::size_t i = 0; i < row.size(); ++i) {
    CHECK(q[i] == std::clamp(std::nearbyint(double{row[i]} / best), -7.0, 7.0));
  }
}

TEST_CASE("int4 rows that already are int4 rows, of zeros or out of the halves' range stay what they are",
          "[model][quantize]") {
  test::Random random(8);
  std::vector<float> row(64);
  for (float& w : row) w = 0.03125f * static_cast<float>(static_cast<int>(random.next() % 15) - 7);
  row[5] = 0.03125f * 7;
  std::vector<std::byte> blocks(2 * 18);
  std::vector<std::int8_t> q(64);
  float scale = -1;
  encode_q4_0_row(row, blocks.data());
  REQUIRE(uniform_q4_0_row(blocks, &scale, nullptr));
  CHECK(scale == 0.03125f);
  copy_q4_0_values(blocks, q.data());
  for (std::size_t i = 0; i < 64; ++i) CHECK(scale * q[i] == row[i]);
  for (const float spread : {0.0f, 1e-12f, 60000.0f}) {
    for (float& w : row) w = spread * random.uniform();
    encode_q4_0_row(row, blocks.data());
    REQUIRE(uniform_q4_0_row(blocks, &scale, nullptr));
    CHECK((scale == 0.0f) == (spread < 1.0f));
    copy_q4_0_values(blocks, q.data());
    for (const std::int8_t v : q) CHECK((v >= -7 && v <= 7));
  }
  blocks[18] ^= std::byte{1};
  float other = 0;
  CHECK_FALSE(uniform_q4_0_row(blocks, &scale, &other));
  CHECK(other != scale);
}

TEST_CASE("pack_row puts four columns of a row group into each tile, where the layout finds them", "[model][pack]") {
  for (const WeightFormat format : {WeightFormat::int8, WeightFormat::int4}) {
    const bool is_int4 = format == WeightFormat::int4;
    const detail::TileLayout& layout = is_int4 ? detail::kInt4Tiles : detail::kInt8Tiles;
    constexpr std::uint32_t kRows = 64, kCols = 32;
    std::vector<std::int8_t> dense(kRows * kCols), packed(kRows * kCols / (is_int4 ? 2 : 1), std::int8_t{-1});
    const PackedMatrix matrix = {packed.data(), nullptr, nullptr, kRows, kCols, format};
    CHECK(matrix.size_bytes() == packed.size());
    test::Random random(5);
    for (auto& w : dense) {
      const int any = static_cast<int>(random.next() % 256);
      w = static_cast<std::int8_t>(is_int4 ? any % 16 - 8 : std::max(any - 128, -127));
    }
    for (std::uint32_t r = 0; r < kRows; ++r) {
      const std::int8_t* row = dense.data() + r * kCols;
      CHECK(pack_row(row, r, matrix) == std::accumulate(row, row + kCols, 0));
    }
    for (std::uint32_t r = 0; r < kRows; ++r) {
      for (std::uint32_t c = 0; c < kCols; ++c) {
        const std::size_t tile = (r / layout.group_rows) * (kCols / 4) + c / 4;
        CHECK(layout.weight(packed.data() + tile * 64, r % layout.group_rows, c % 4) == dense[r * kCols + c]);
      }
    }
  }
}

TEST_CASE("tiles of byte lanes hold bytes as they are, and pairs of 4-bit weights, the lower one plus 8",
          "[model][pack]") {
  constexpr detail::TileLayout kBytes = {16, 8, 8}, kPairs = {32, 8, 4};

  std::int8_t tile[64];
  for (int i = 0; i < 64; ++i) tile[i] = static_cast<std::int8_t>(i * 4 - 127);
  for (std::size_t r = 0; r < 32; ++r) {
    for (std::size_t c = 0; c < 4; ++c) {
      const std::int8_t byte = tile[r % 16 * 4 + c];
      const int pair = static_cast<std::uint8_t>(byte);
      if (r < 16) CHECK(kBytes.weight(tile, r, c) == byte);
      CHECK(kPairs.weight(tile, r, c) == (r < 16 ? (pair & 15) - 8 : byte >> 4));
    }
  }
}
