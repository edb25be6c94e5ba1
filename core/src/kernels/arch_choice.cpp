// The public face of the registry: names only.
#include <array>

#include "kernels/table.hpp"
#include "mgt/kernels.hpp"

namespace mgt {
namespace {

struct Names {
  std::array<const char*, 8> names{};
  std::size_t count = 0;

  Names() noexcept {
    for (const KernelTable* table : available_kernels()) names[count++] = table->name;
  }
};

}  // namespace

std::span<const char* const> available_archs() noexcept {
  static const Names names;
  return {names.names.data(), names.count};
}

const char* current_arch() noexcept {
  return kernels().name;
}

bool use_arch(const char* name) noexcept {
  return use_kernels(name);
}

}  // namespace mgt
