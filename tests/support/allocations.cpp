#include "support/allocations.hpp"

#if !defined(MGT_FOREIGN_MALLOC)

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

constexpr long kNever = -1;

std::atomic<std::size_t> g_count{0};
std::atomic<std::size_t> g_bytes{0};
std::atomic<long> g_blocks{0};
std::atomic<long> g_until_refusal{kNever};
std::atomic<bool> g_refused{false};

bool refused() noexcept {
  if (g_until_refusal.load(std::memory_order_relaxed) == kNever) return false;
  if (g_until_refusal.fetch_sub(1, std::memory_order_relaxed) != 0) return false;  // the one after it is kNever
  g_refused = true;
  return true;
}

void* counted(void* block, std::size_t size) noexcept {
  g_count.fetch_add(1, std::memory_order_relaxed);
  g_bytes.fetch_add(size, std::memory_order_relaxed);
  if (block != nullptr) g_blocks.fetch_add(1, std::memory_order_relaxed);
  return block;
}

}  // namespace

// The program's own malloc family: every allocation of the process passes here, operator new included.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) {
  return refused() ? nullptr : counted(__libc_malloc(size), size);
}
void* calloc(std::size_t n, std::size_t size) {
  return refused() ? nullptr : counted(__libc_calloc(n, size), n * size);
}
void* realloc(void* old, std::size_t size) {
  if (refused()) return nullptr;
  void* block = counted(__libc_realloc(old, size), size);
  if (old != nullptr && (block != nullptr || size == 0)) g_blocks.fetch_sub(1, std::memory_order_relaxed);
  return block;
}
void* memalign(std::size_t alignment, std::size_t size) {
  return refused() ? nullptr : counted(__libc_memalign(alignment, size), size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
void free(void* block) {
  if (block != nullptr) g_blocks.fetch_sub(1, std::memory_order_relaxed);
  __libc_free(block);
}
}

namespace mgt::test::allocations {

std::size_t count() noexcept {
  return g_count.load();
}
std::size_t bytes() noexcept {
  return g_bytes.load();
}
long blocks_in_use() noexcept {
  return g_blocks.load();
}

Refusal::Refusal(std::size_t n) noexcept {
  g_refused = false;
  g_until_refusal = static_cast<long>(n);
}
Refusal::~Refusal() {
  g_until_refusal = kNever;
}
bool Refusal::happened() const noexcept {
  return g_refused.load();
}

}  // namespace mgt::test::allocations
#endif
