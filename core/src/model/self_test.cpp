#include "model/self_test.hpp"

#include <algorithm>
#include <array>

#include "model/dense_forward.hpp"

namespace mgt::detail {

Expected<SelfTestVectors> read_self_test(const gguf::File& file, const ModelConfig& config) noexcept {
  const auto tokens = file.get_u32_array("mgt.selftest.tokens");
  if (!tokens) return std::unexpected(tokens.error());
  if (tokens->size() < 1 || tokens->size() > kMaxSelfTestTokens) {
    return fail(Errc::bad_shape, "mgt.selftest.tokens has %zu tokens, allowed are 1 to %zu", tokens->size(),
                kMaxSelfTestTokens);
  }
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    if ((*tokens)[i] >= kVocabSize) {
      return fail(Errc::bad_value, "mgt.selftest.tokens has %u at index %zu, the vocabulary has %zu", (*tokens)[i], i,
                  kVocabSize);
    }
  }
  const auto logits = file.get_f32_array(kSelfTestLogitsKey);
  if (!logits) return std::unexpected(logits.error());
  if (logits->size() != config.n_layers * kVocabSize) {
    return fail(Errc::bad_shape, "mgt.selftest.logits has %zu numbers, %u exits need %zu", logits->size(),
                config.n_layers, config.n_layers * kVocabSize);
  }
  const auto tolerance = file.get_f32("mgt.selftest.tolerance");
  if (!tolerance) return std::unexpected(tolerance.error());
  if (!(*tolerance > 0.0f && *tolerance <= 100.0f)) {
    return fail(Errc::bad_value, "mgt.selftest.tolerance is %g, allowed is above 0 and up to 100",
                static_cast<double>(*tolerance));
  }
  return SelfTestVectors{*tokens, *logits, *tolerance};
}

Expected<Array<float>> self_test_logits(const SelfTestVectors& vectors, const ModelData& model) noexcept {
  std::array<std::uint8_t, kMaxSelfTestTokens> tokens{};
  // What lies before the last token's receptive field has no say in its logits: attention is relative and windowed.
  const ModelConfig& c = model.config;
  const std::size_t n = std::min<std::size_t>(vectors.tokens.size(), c.receptive_field(c.n_layers, c.window));
  const std::size_t first = vectors.tokens.size() - n;
  for (std::size_t i = 0; i < n; ++i) tokens[i] = static_cast<std::uint8_t>(vectors.tokens[first + i]);
  const auto result = dense_forward(model, kernels(), std::span(tokens).first(n), model.config.window);
  if (!result) return std::unexpected(result.error());
  Array<float> logits;
  if (!logits.allocate(vectors.logits.size())) return out_of_memory("self-test", vectors.logits.size() * sizeof(float));
  for (std::uint32_t exit = 0; exit < model.config.n_layers; ++exit) {
    std::ranges::copy(result->logits_at(exit, n - 1), logits.data() + exit * kVocabSize);
  }
  return logits;
}

Expected<void> run_self_test(const SelfTestVectors& vectors, const ModelData& model) noexcept {
  const auto computed = self_test_logits(vectors, model);
  if (!computed) return std::unexpected(computed.error());
  for (std::size_t i = 0; i < computed->size(); ++i) {
    const float expected = vectors.logits[i];
    const float difference = (*computed)[i] - expected;
    if (!(difference <= vectors.tolerance && difference >= -vectors.tolerance)) {  // NaN fails too
      return fail(Errc::self_test_failed, "exit %zu gives logit %g for symbol %zu, the file expects %g within %g",
                  i / kVocabSize + 1, static_cast<double>((*computed)[i]), i % kVocabSize,
                  static_cast<double>(expected), static_cast<double>(vectors.tolerance));
    }
  }
  return {};
}

}  // namespace mgt::detail
