// Which kernel tables this build has, which the CPU can run, and which one is in force.
#include <array>
#include <atomic>
#include <cstring>

#include "kernels/arch/tables.hpp"

namespace mgt {
namespace {

/// The runnable tables, fastest first as far as measured.
class Available {
 public:
  Available() noexcept {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512cd")) {
      if (detail::make_kernels_amx(amx_)) add(amx_);
      add(detail::kernels_avx512vnni);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) add(detail::kernels_avx2);
    if (__builtin_cpu_supports("sse4.2")) add(detail::kernels_sse42);
#elif defined(__wasm__)
    add(detail::kernels_wasm);
#endif
    add(detail::kernels_scalar);
  }

  std::span<const KernelTable* const> tables() const noexcept { return {tables_.data(), count_}; }

 private:
  void add(const KernelTable& table) noexcept { tables_[count_++] = &table; }

#if defined(__x86_64__)
  KernelTable amx_{};
#endif
  std::array<const KernelTable*, 5> tables_{};
  std::size_t count_ = 0;
};

std::atomic<const KernelTable*> chosen{nullptr};

}  // namespace

std::span<const KernelTable* const> available_kernels() noexcept {
  static const Available available;
  return available.tables();
}

const KernelTable* find_kernels(const char* name) noexcept {
  for (const KernelTable* table : available_kernels()) {
    if (std::strcmp(table->name, name) == 0) return table;
  }
  return nullptr;
}

bool use_kernels(const char* name) noexcept {
  const KernelTable* table = find_kernels(name);
  if (table != nullptr) chosen.store(table, std::memory_order_release);
  return table != nullptr;
}

const KernelTable& kernels() noexcept {
  const KernelTable* table = chosen.load(std::memory_order_acquire);
  return table != nullptr ? *table : *available_kernels().front();
}

}  // namespace mgt
