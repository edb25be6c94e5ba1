// x86-64 with AMX: int8 products of many tokens by tiles, everything else as with AVX-512 VNNI.
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/arch/avx512.hpp"
#include "kernels/tile_gemm.hpp"

namespace mgt::detail {
namespace {

struct Amx : Avx512Floats {};

/// The operand of ldtilecfg.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

/// The tiles of the CPU. In assembly of our own: GCC 12's intrinsic for the configuration tells the compiler of its
/// first 8 bytes only, so that the stores to the others may be dropped.
struct HardwareTiles {
  static void configure(std::size_t rows_of_4, std::size_t rows_of_5) noexcept {
    TileConfig config;
    for (int t = 0; t < 8; ++t) {
      const bool second = t == 2 || t == 3 || t == 5;
      config.row_bytes[t] = 64;
      config.rows[t] = static_cast<std::uint8_t>(t >= 6 ? kAmxRows : second ? rows_of_5 : rows_of_4);
    }
    asm volatile("ldtilecfg %0" : : "m"(config));
  }
  static void release() noexcept { asm volatile("tilerelease"); }

  template <int tile>
  static void zero() noexcept {
    asm volatile("tilezero %%tmm%c0" : : "i"(tile));
  }
  template <int tile>
  static void load(const void* from, std::size_t stride) noexcept {
    asm volatile("tileloadd (%1,%2,1), %%tmm%c0" : : "i"(tile), "r"(from), "r"(stride) : "memory");
  }
  template <int tile>
  static void store(void* to, std::size_t stride) noexcept {
    asm volatile("tilestored %%tmm%c0, (%1,%2,1)" : : "i"(tile), "r"(to), "r"(stride) : "memory");
  }
  /// sums += unsigned a * signed b
  template <int sums, int a, int b>
  static void dot() noexcept {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sums), "i"(a), "i"(b));
  }
};

/// Loading a configuration and finishing a tile have to be worth it.
constexpr std::size_t kFewTokens = 8;

void gemm(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
          std::size_t out_stride) noexcept {
  if (a.n_tokens < kFewTokens || w.cols % kAmxColumns != 0) {
    return kernels_avx512vnni.gemm_u7i8(w, a, epilogue, out, out_stride);
  }
  tile_gemm<Amx, HardwareTiles>(w, a, epilogue, out, out_stride);
}

/// Has the CPU tiles of bytes, and does the kernel save them? It wants to be asked before the first use.
bool has_tiles() noexcept {
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

}  // namespace

bool make_kernels_amx(KernelTable& table) noexcept {
  if (!has_tiles()) return false;
  table = kernels_avx512vnni;
  table.name = "amx";
  table.gemm_u7i8 = gemm;
  return true;
}

}  // namespace mgt::detail
