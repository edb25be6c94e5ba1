// All memory is taken by create(), exactly as much as plan() says, and a step takes none.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "mgt/session.hpp"
#include "support/tiny_model.hpp"

// A sanitizer brings its own malloc: g++ says so by a macro, clang by a feature.
#if defined(__SANITIZE_ADDRESS__)
#define MGT_FOREIGN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MGT_FOREIGN_MALLOC 1
#endif
#endif

#if !defined(MGT_FOREIGN_MALLOC)

namespace {

std::atomic<std::size_t> g_allocations{0};
std::atomic<std::size_t> g_bytes{0};

void* counted(void* block, std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  g_bytes.fetch_add(size, std::memory_order_relaxed);
  return block;
}

}  // namespace

// The program's own malloc family: every allocation of the process passes here, operator new included.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) {
  return counted(__libc_malloc(size), size);
}
void* calloc(std::size_t n, std::size_t size) {
  return counted(__libc_calloc(n, size), n * size);
}
void* realloc(void* old, std::size_t size) {
  return counted(__libc_realloc(old, size), size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return counted(__libc_memalign(alignment, size), size);
}
}

namespace mgt::test {
namespace {

TEST_CASE("100,000 steps of all tiers allocate nothing", "[session][allocation]") {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  const Model model = tiny_model(shape);
  const auto tokens = random_tokens(1000, 3);
  for (const KvMode kv : {KvMode::exact, KvMode::propagate}) {
    SessionOptions options;
    options.kv = kv;
    if (kv == KvMode::exact) options.replay = 256;
    auto session = Session::create(model, options);
    REQUIRE(session.has_value());
    Random random(1);
    const std::size_t before = g_allocations.load();
    bool all_ran = true;
    for (int i = 0; i < 50'000; ++i) {
      StepInput input;
      input.token = tokens[static_cast<std::size_t>(i) % tokens.size()];
      const auto choice = random.next() >> 61;
      if (choice < 4) input.tier = static_cast<Tier>(choice);
      all_ran = all_ran && session->step(input).has_value();
    }
    all_ran =
        all_ran && session->prefill(tokens).has_value() && session->infer(std::span(tokens).first(20)).has_value();
    session->reset();
    const std::size_t after = g_allocations.load();
    CHECK(all_ran);
    CHECK(after == before);
  }
}

TEST_CASE("create allocates what plan says", "[session][allocation]") {
  const Model model = tiny_model();
  for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact, PolicyKind::standard}) {
    for (const bool memory : {false, true}) {
      SessionOptions options;
      options.policy = policy;
      options.memory = memory;
      const auto plan = Session::plan(model, options);
      REQUIRE(plan.has_value());
      const std::size_t before = g_bytes.load();
      auto session = Session::create(model, options);
      const std::size_t taken = g_bytes.load() - before;
      REQUIRE(session.has_value());
      CHECK(taken == plan->total_bytes);
    }
  }
}

}  // namespace
}  // namespace mgt::test
#endif
