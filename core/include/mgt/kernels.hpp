// Which instruction set the engine runs on. All of them give the same bits.
#pragma once

#include <cstddef>
#include <span>

namespace mgt {

/// Names of the kernel tables this build and this CPU can run, fastest first: "amx", "avx512vnni", "avx2", "sse42",
/// "scalar" natively, "wasm-relaxed" or "wasm-simd128" and "scalar" in WebAssembly. The first one is in force at the
/// start.
std::span<const char* const> available_archs() noexcept;

/// The table in force.
const char* current_arch() noexcept;

/// Chooses another table for the whole process; call it before sessions run. Returns false for a name that is not
/// in available_archs(), and changes nothing.
bool use_arch(const char* name) noexcept;

}  // namespace mgt
