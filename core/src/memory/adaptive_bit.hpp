// A yes-or-no probability learnt online.
#pragma once

#include <cstdint>

#include "memory/scalar_math.hpp"

namespace mgt::memory {

/// A step of `probability` towards the bit; the next one will be shorter.
inline void follow(float bit, float floor_rate, float& probability, float& rate) noexcept {
  probability += (bit - probability) * rate;
  rate = rate / (1.0f + rate);
  rate = rate < floor_rate ? floor_rate : rate;
  probability = probability < 0.0002f ? 0.0002f : probability;
  probability = probability > 0.9998f ? 0.9998f : probability;
}

/// A probability that follows what it sees, fast at first, then at a floor rate.
struct AdaptiveBit {
  float probability;
  float logit;  ///< stretch(probability)
  float rate;

  void start(float p) noexcept {
    probability = p;
    logit = stretch(p);
    rate = 0.4f;
  }
  void learn(float bit, float floor_rate) noexcept {
    follow(bit, floor_rate, probability, rate);
    logit = stretch(probability);
  }
};

}  // namespace mgt::memory
