// The test vectors that every model carries: does this build, on this machine, compute what training computed?
#pragma once

#include <cstdint>

#include "array.hpp"
#include "mgt/error.hpp"
#include "model/data.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

inline constexpr std::size_t kMaxSelfTestTokens = 64;
inline constexpr const char* kSelfTestLogitsKey = "mgt.selftest.logits";

/// The mgt.selftest.* keys, checked; views into the file.
struct SelfTestVectors {
  gguf::ArrayView<std::uint32_t> tokens;  ///< 1 to kMaxSelfTestTokens, each below 256
  gguf::ArrayView<float> logits;          ///< [n_layers x 256]: float reference after the last token, exit by exit
  float tolerance = 0;                    ///< largest |difference| allowed
};

/// errors  missing_field, bad_type, bad_shape, bad_value
Expected<SelfTestVectors> read_self_test(const gguf::File& file, const ModelConfig& config) noexcept;

/// What this build computes for the vectors' tokens: [n_layers x 256], exit by exit.
/// errors  out_of_memory
Expected<Array<float>> self_test_logits(const SelfTestVectors& vectors, const ModelData& model) noexcept;

/// Compares with the vectors' logits.
/// errors  self_test_failed, naming the exit, the index and both values; out_of_memory
Expected<void> run_self_test(const SelfTestVectors& vectors, const ModelData& model) noexcept;

}  // namespace mgt::detail
