# The instruction sets that have a file of their own, and the flags of that file: mgt_archs (those of this target, the
# reference first) and mgt_arch_flags_<arch>.

set(mgt_arch_flags_scalar "")
set(mgt_arch_flags_sse42 -msse4.2)
set(mgt_arch_flags_avx2 -mavx2 -mfma)
set(mgt_arch_flags_avx512vnni -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx512vnni)
set(mgt_arch_flags_amx ${mgt_arch_flags_avx512vnni})
set(mgt_arch_flags_wasm_simd128 -msimd128)
set(mgt_arch_flags_wasm_relaxed -msimd128 -mrelaxed-simd)

if(EMSCRIPTEN)
  set(mgt_archs scalar wasm_${MGT_WASM_ARCH})
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(mgt_archs scalar sse42 avx2 avx512vnni amx)
else()
  set(mgt_archs scalar)
endif()
