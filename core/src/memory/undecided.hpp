// The bytes that a mixture has not decided yet.
#pragma once

#include <cstdint>

#include "memory/mixer_state.hpp"
#include "memory/scalar_math.hpp"
#include "memory/vector_loops.hpp"
#include "multiversion.hpp"

namespace mgt::memory::mixing {

/// The bytes of one mixture that are not decided yet, the greatest by the linear mixture to be had one after another.
class Undecided {
 public:
  MGT_WITH_EACH_VERSION Undecided(const float* model, const float* memory, float model_share) noexcept
      : parts_{model, memory} {
    for (std::uint32_t i = 0; i < 256; ++i) {
      open_[i] = model[i] * model_share + memory[i] * (1.0f - model_share) + 1e-9f;
    }
    float highest[16];
    tops_of_16(open_, highest);
    for (std::uint32_t b = 0; b < 16; ++b) block_top_[b] = key_of(highest[b], 16 * b);
  }

  struct Taken {
    std::uint32_t symbol;
    float share;  ///< in the linear mixture
  };

  /// Takes out the greatest; `odds` gets each input's probability of it among what is left.
  MGT_WITH_EACH_VERSION Taken take(float (&odds)[kInputs]) noexcept {
    const std::uint32_t block = place_of(top_key(block_top_)) / 16;
    const std::uint32_t symbol = place_of(top_key(open_, 16 * block));
    const float share = open_[symbol];
    open_[symbol] = 0;
    block_top_[block] = top_key(open_, 16 * block);
    const float parts[kInputs] = {parts_[0][symbol], parts_[1][symbol], share, 0};
    for (std::uint32_t k = 0; k < kInputs; ++k) {
      odds[k] = clamp(parts[k] / left_[k], 1e-4f, 0.9998f);
      left_[k] = left_[k] - parts[k] < kSmallest ? kSmallest : left_[k] - parts[k];
    }
    return {symbol, share};
  }

  /// What was asked about in vain; no take() after it.
  MGT_WITH_EACH_VERSION void put_back(const Taken& taken) noexcept { open_[taken.symbol] = taken.share; }

  /// Shares `rest` among all that are left, in the proportions of the linear mixture; 0 for the others.
  MGT_WITH_EACH_VERSION void spread(float rest, float* out) const noexcept {
    const float scale = rest / sum_of(open_);
    for (std::uint32_t i = 0; i < 256; ++i) out[i] = open_[i] * scale;
  }

 private:
  static constexpr float kSmallest = 1e-6f;  ///< of what is left of an input

  MGT_WITH_EACH_VERSION static double top_key(const double (&keys)[16]) noexcept {
    double high[4] = {};
    for (std::uint32_t i = 0; i < 16; i += 4) {
      for (std::uint32_t j = 0; j < 4; ++j) high[j] = keys[i + j] > high[j] ? keys[i + j] : high[j];
    }
    return greatest_of_4(high);
  }

  /// Key of the greatest of values[first, first + 16).
  MGT_WITH_EACH_VERSION static double top_key(const float* values, std::uint32_t first) noexcept {
    double high[4] = {};
    for (std::uint32_t i = first; i < first + 16; i += 4) {
      for (std::uint32_t j = 0; j < 4; ++j) {
        const double key = key_of(values[i + j], i + j);
        high[j] = key > high[j] ? key : high[j];
      }
    }
    return greatest_of_4(high);
  }

  const float* parts_[2];
  alignas(64) float open_[256];
  double block_top_[16];
  float left_[kInputs] = {1, 1, 1, 1};
};

}  // namespace mgt::memory::mixing
