#include "memory/vector_loops.hpp"

#include "memory/scalar_math.hpp"
#include "multiversion.hpp"

namespace mgt::memory {

MGT_MULTIVERSION void squash_4(const float (&logits)[4], float (&probabilities)[4]) noexcept {
  float x[4];
  for (std::uint32_t i = 0; i < 4; ++i) x[i] = -logits[i];
  clamp_all(x, -80.0f, 80.0f);
  for (std::uint32_t i = 0; i < 4; ++i) probabilities[i] = 1.0f / (1.0f + exp_within(x[i]));
}

MGT_MULTIVERSION void stretch_4(const float (&probabilities)[4], float* logits) noexcept {
  float x[4];
  for (std::uint32_t i = 0; i < 4; ++i) x[i] = stretch(probabilities[i]);
  for (std::uint32_t i = 0; i < 4; ++i) logits[i] = x[i];
}

MGT_MULTIVERSION void place_4(const float (&logits)[4], std::int32_t (&cell)[4], float (&part)[4]) noexcept {
  float place[4];
  for (std::uint32_t i = 0; i < 4; ++i) place[i] = logits[i];
  clamp_all(place, -7.9f, 7.9f);
  for (std::uint32_t i = 0; i < 4; ++i) {
    place[i] = (place[i] + 8.0f) * 2.0f;
    cell[i] = static_cast<std::int32_t>(place[i]);
    part[i] = place[i] - static_cast<float>(cell[i]);
  }
}

MGT_MULTIVERSION void tops_of_16(const float* x, float (&tops)[16]) noexcept {
  float of_2[128], of_4[64];
  for (std::uint32_t b = 0; b < 16; ++b) {
    const float* v = x + 16 * b;
    for (std::uint32_t i = 0; i < 8; ++i) of_2[8 * b + i] = v[i] > v[8 + i] ? v[i] : v[8 + i];
  }
  for (std::uint32_t b = 0; b < 16; ++b) {
    const float* v = of_2 + 8 * b;
    for (std::uint32_t i = 0; i < 4; ++i) of_4[4 * b + i] = v[i] > v[4 + i] ? v[i] : v[4 + i];
  }
  for (std::uint32_t b = 0; b < 16; ++b) {
    const float* v = of_4 + 4 * b;
    const float left = v[0] > v[1] ? v[0] : v[1], right = v[2] > v[3] ? v[2] : v[3];
    tops[b] = left > right ? left : right;
  }
}

std::uint32_t find_top(const float* x) noexcept {
  float tops[16];
  tops_of_16(x, tops);
  const float best = greatest_of_16(tops);
  std::uint32_t block = 0;
  while (tops[block] < best) ++block;
  std::uint32_t at = 16 * block;
  while (x[at] < best) ++at;
  return at;
}

}  // namespace mgt::memory
