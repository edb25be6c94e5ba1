// The dot loops that this CPU can run, as limits.
#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

void add(std::vector<Limit>& limits, const DotLoops& loops) {
  const auto add_loop = [&](const char* operands, auto* walk) {
    if (walk == nullptr) return;
    limits.push_back({"dot", std::string(loops.name) + "/" + operands, 0, loops.macs,
                      [=, n = loops.n_steps](unsigned char* buffer) { walk(buffer, n); }});
  };
  add_loop("registers", loops.walk_registers);
  add_loop("l1", loops.walk_l1);
}

}  // namespace

std::vector<Limit> dot_limits() {
  std::vector<Limit> limits;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (may_use_tiles()) add(limits, dots_amx);
  if (__builtin_cpu_supports("avx512vnni")) add(limits, dots_avx512vnni);
  if (__builtin_cpu_supports("avx2")) add(limits, dots_avx2);
  if (__builtin_cpu_supports("sse4.2")) add(limits, dots_sse42);
#elif defined(__wasm__)
  add(limits, dots_wasm);
#endif
  return limits;
}

}  // namespace mgt::bench
