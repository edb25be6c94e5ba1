// Loops that compilers turn into vectors, compiled twice: for any x86-64 and for AVX2; the loader picks by the CPU.
//
// Kernels have hand-made tables per instruction set (kernels/table.hpp). This is for functions whose loops are short
// and plain, where registers twice as wide are all there is to gain. Same bits: nothing is contracted or reordered.
// MGT_ARCH, which chooses among kernel tables, does not reach it. Clang wants the attribute on declarations and musl
// has no such loader: there, and so in the sanitized builds, the plain copy is the only one.
#pragma once

#include <climits>  // defines __GLIBC__

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
/// For loops that do nothing but read: the limit that others are held against.
#define MGT_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#define MGT_MULTIVERSION __attribute__((target_clones("avx2", "default")))
/// For what such a function calls, to be compiled with each of its copies.
#define MGT_WITH_EACH_VERSION [[gnu::always_inline]] inline
#else
#define MGT_WIDEST
#define MGT_MULTIVERSION
#define MGT_WITH_EACH_VERSION inline
#endif
