// The table of an architecture, from the generic loops over its primitives.
//
// An architecture is a struct in an unnamed namespace of arch/<name>.cpp, so that everything instantiated over it stays
// inside that object file: no other file can end up calling a function compiled for another instruction set.
#pragma once

#include "kernels/attention.hpp"
#include "kernels/gemm.hpp"
#include "kernels/hamming.hpp"
#include "kernels/quantize.hpp"
#include "kernels/rmsnorm.hpp"

namespace mgt::detail {

template <class Arch>
consteval KernelTable make_table(const char* name) noexcept {
  return {name,          quantize_u7<Arch>, gemm<Int8Format<Arch>>, gemm<Int4Format<Arch>>,
          rmsnorm<Arch>, attention<Arch>,   softmax<Arch>,          log<Arch>,
          hamming<Arch>};
}

}  // namespace mgt::detail
