// Tiles of AMX: four sums of 16 x 16, two tiles of weights and two of activations, 16 x 64 bytes each.
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

constexpr std::size_t kTileBytes = 1024;
constexpr std::size_t kTilesPerStep = 4;  // loaded: two of each operand
constexpr std::size_t kDotsPerStep = 4;
constexpr std::size_t kMacsPerDot = 16 * 16 * 64;
constexpr std::size_t kBufferSteps = kDotBufferBytes / (kTilesPerStep * kTileBytes);
constexpr std::size_t kRounds = 64;  // through the buffer: the configuration must not count

/// The operand of ldtilecfg: eight whole tiles.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

template <int tile>
void load(const unsigned char* from) noexcept {
  asm volatile("tileloadd (%1,%2,1), %%tmm%c0" : : "i"(tile), "r"(from), "r"(std::size_t{64}) : "memory");
}

void begin(const unsigned char* buffer) noexcept {
  const TileConfig config;
  asm volatile("ldtilecfg %0" : : "m"(config));
  load<4>(buffer);
  load<5>(buffer + kTileBytes);
  load<6>(buffer + 2 * kTileBytes);
  load<7>(buffer + 3 * kTileBytes);
  asm volatile("tilezero %tmm0\n tilezero %tmm1\n tilezero %tmm2\n tilezero %tmm3");
}

void multiply() noexcept {
  asm volatile(
      "tdpbusd %tmm6, %tmm4, %tmm0\n tdpbusd %tmm7, %tmm4, %tmm1\n"
      "tdpbusd %tmm6, %tmm5, %tmm2\n tdpbusd %tmm7, %tmm5, %tmm3");
}

void end(unsigned char* buffer) noexcept {
  asm volatile("tilestored %%tmm0, (%0,%1,1)\n tilerelease" : : "r"(buffer), "r"(std::size_t{64}) : "memory");
}

void walk_registers(unsigned char* buffer, std::size_t n_steps) noexcept {
  begin(buffer);
  for (std::size_t i = 0; i < n_steps; ++i) multiply();
  end(buffer);
}

void walk_l1(unsigned char* buffer, std::size_t n_steps) noexcept {
  begin(buffer);
  for (std::size_t i = 0; i < n_steps; ++i) {
    const unsigned char* tiles = buffer + i % kBufferSteps * kTilesPerStep * kTileBytes;
    load<4>(tiles);
    load<5>(tiles + kTileBytes);
    load<6>(tiles + 2 * kTileBytes);
    load<7>(tiles + 3 * kTileBytes);
    multiply();
  }
  end(buffer);
}

constexpr std::size_t kSteps = kBufferSteps * kRounds;

}  // namespace

constinit const DotLoops dots_amx{"amx", walk_registers, walk_l1, kSteps,
                                  static_cast<double>(kSteps* kDotsPerStep* kMacsPerDot)};

bool may_use_tiles() noexcept {
#if defined(__linux__)
  constexpr unsigned kTilesAndInt8 = 1u << 24 | 1u << 25;
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  unsigned a, b, c, d;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & kTilesAndInt8) != kTilesAndInt8) return false;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace mgt::bench
