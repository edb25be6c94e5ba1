// The product by tiles, on tiles in memory: any machine can run it. On a CPU with AMX the tests of all tables run the
// real ones as well.
#include <cstring>

#include <xsimd/xsimd.hpp>

#include "kernels/support.hpp"
#include "kernels/tile_gemm.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

/// Eight tiles as Intel's manual describes them: rows beyond the configured ones read as zeros and are not stored.
struct SoftwareTiles {
  static inline std::uint8_t bytes[8][16][64];
  static inline std::size_t rows[8];

  static void configure(std::size_t rows_of_4, std::size_t rows_of_5) {
    REQUIRE(rows_of_4 >= 1);
    REQUIRE(rows_of_4 <= 16);
    REQUIRE(rows_of_5 >= 1);
    REQUIRE(rows_of_5 <= 16);
    std::memset(bytes, 0, sizeof bytes);
    for (int t : {0, 1, 4}) rows[t] = rows_of_4;
    for (int t : {2, 3, 5}) rows[t] = rows_of_5;
    for (int t : {6, 7}) rows[t] = 16;
  }
  static void release() { std::memset(rows, 0, sizeof rows); }

  template <int tile>
  static void zero() {
    std::memset(bytes[tile], 0, sizeof bytes[tile]);
  }
  template <int tile>
  static void load(const void* from, std::size_t stride) {
    zero<tile>();
    for (std::size_t r = 0; r < rows[tile]; ++r) {
      std::memcpy(bytes[tile][r], static_cast<const std::uint8_t*>(from) + r * stride, 64);
    }
  }
  template <int tile>
  static void store(void* to, std::size_t stride) {
    for (std::size_t r = 0; r < rows[tile]; ++r) {
      std::memcpy(static_cast<std::uint8_t*>(to) + r * stride, bytes[tile][r], 64);
    }
  }
  template <int sums, int a, int b>
  static void dot() {
    REQUIRE(rows[a] == rows[sums]);
    for (std::size_t m = 0; m < rows[sums]; ++m) {
      for (std::size_t n = 0; n < 16; ++n) {
        std::int32_t sum;
        std::memcpy(&sum, bytes[sums][m] + 4 * n, 4);
        for (std::size_t k = 0; k < 64; ++k) {
          sum += bytes[a][m][k] * static_cast<std::int8_t>(bytes[b][k / 4][4 * n + k % 4]);
        }
        std::memcpy(bytes[sums][m] + 4 * n, &sum, 4);
      }
    }
  }
};

#if defined(__x86_64__)
struct Baseline {
  using Floats = xsimd::sse2;
  static constexpr bool kMaxKeepsFirst = false;
};
#elif defined(__aarch64__)
struct Baseline {
  using Floats = xsimd::neon64;
  static constexpr bool kMaxKeepsFirst = false;
};
#endif

}  // namespace

#if defined(__x86_64__) || defined(__aarch64__)

TEST_CASE("a product by tiles gives the scalar bits", "[kernels]") {
  std::mt19937 random(7);
  for (std::uint32_t rows : {16u, 32u, 48u, 96u}) {
    for (std::uint32_t cols : {64u, 256u}) {
      for (std::size_t n_tokens : {1, 15, 16, 17, 31, 32, 33, 49, 64}) {
        INFO(rows << " rows, " << cols << " cols, " << n_tokens << " tokens");
        const RandomMatrix w(WeightFormat::int8, rows, cols, random);
        RandomRows a(n_tokens, cols, random);
        const std::size_t stride = rows + 3;
        const std::vector<float> before = floats(n_tokens * stride, Kind::normal, random);
        for (Epilogue epilogue : {Epilogue::store, Epilogue::add, Epilogue::relu}) {
          std::vector<float> expected = before, out = before;
          scalar().gemm(w.view(), a.view(), epilogue, expected.data(), stride);
          detail::tile_gemm<Baseline, SoftwareTiles>(w.view(), a.view(), epilogue, out.data(), stride);
          const bool same = bits(out) == bits(expected);
          CHECK(same);
        }
      }
    }
  }
}

#endif
