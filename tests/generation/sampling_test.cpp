// The draw of a token: ranges, cuts, ties, the right frequencies, and the same draws on every target.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "hash.hpp"
#include "mgt/generate.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

using Distribution = std::vector<float>;

/// Falling probabilities, in an order that is not the tokens'.
Distribution falling_distribution() {
  Distribution p(kVocabSize);
  for (std::size_t i = 0; i < p.size(); ++i) p[i * 37 % kVocabSize] = 1.0f / static_cast<float>((i + 1) * (i + 2));
  float sum = 0;
  for (const float x : p) sum += x;
  for (float& x : p) x /= sum;
  return p;
}

std::set<Token> drawn_tokens(const Distribution& p, const GenerateOptions& options, int draws = 20'000) {
  std::set<Token> seen;
  std::uint64_t rng = options.seed;
  for (int i = 0; i < draws; ++i) seen.insert(sample(p, options, rng));
  return seen;
}

/// Chi-squared over the tokens that are expected at least 10 times; the others are one class.
double chi_squared(const std::vector<std::uint64_t>& counts, const std::vector<double>& expected, int& classes) {
  double sum = 0, rest_counted = 0, rest_expected = 0;
  classes = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double n = static_cast<double>(counts[i]);
    if (expected[i] < 10) {
      rest_counted += n;
      rest_expected += expected[i];
      continue;
    }
    sum += (n - expected[i]) * (n - expected[i]) / expected[i];
    ++classes;
  }
  if (rest_expected < 10) return sum;
  ++classes;
  return sum + (rest_counted - rest_expected) * (rest_counted - rest_expected) / rest_expected;
}

TEST_CASE("options out of range are refused with their field and numbers", "[generation][errors]") {
  const auto message_of = [](const GenerateOptions& options) -> std::string {
    const auto checked = check(options);
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code() == Errc::option_out_of_range);
    return checked.error().message();
  };
  CHECK(message_of({.temperature = 11}) == "temperature is 11, allowed are 0 and 0.01 to 10");
  CHECK(message_of({.temperature = -1}) == "temperature is -1, allowed are 0 and 0.01 to 10");
  CHECK(message_of({.temperature = std::nanf("")}).starts_with("temperature is "));
  CHECK(message_of({.top_k = 257}) == "top_k is 257, allowed are 0 (all) to 256");
  CHECK(message_of({.top_p = 0}) == "top_p is 0, allowed are numbers over 0 to 1");
  CHECK(message_of({.top_p = 1.5f}) == "top_p is 1.5, allowed are numbers over 0 to 1");
  CHECK(message_of({.top_p = std::nanf("")}).starts_with("top_p is "));
  CHECK(message_of({.logprobs = 21}) == "logprobs is 21, allowed are 0 to 20");
  CHECK(check({.temperature = 0.01f, .top_k = 256, .top_p = 1e-6f, .logprobs = 20}).has_value());
}

TEST_CASE("cuts leave the most probable tokens, the lowest of equals first", "[generation]") {
  const Distribution p = falling_distribution();
  CHECK(drawn_tokens(p, {.temperature = 1, .top_k = 1}) == std::set<Token>{0});
  CHECK(drawn_tokens(p, {.temperature = 1, .top_k = 3}) == std::set<Token>{0, 37, 74});
  CHECK(drawn_tokens(p, {.temperature = 1, .top_p = 0.49f}) == std::set<Token>{0});
  CHECK(drawn_tokens(p, {.temperature = 1, .top_p = 0.51f}) == std::set<Token>{0, 37});
  // top_p is a share of what top_k left: of 3/4 that is 0.45.
  CHECK(drawn_tokens(p, {.temperature = 1, .top_k = 3, .top_p = 0.6f}) == std::set<Token>{0});
  CHECK(drawn_tokens(p, {.temperature = 0.01f}) == std::set<Token>{0});

  const Distribution flat(kVocabSize, 1.0f / kVocabSize);
  CHECK(drawn_tokens(flat, {.temperature = 0}) == std::set<Token>{0});
  CHECK(drawn_tokens(flat, {.temperature = 2, .top_k = 4}) == std::set<Token>{0, 1, 2, 3});
}

TEST_CASE("a million draws follow the distribution", "[generation]") {
  const Distribution p = falling_distribution();
  for (const GenerateOptions& options :
       {GenerateOptions{.temperature = 1, .seed = 3}, GenerateOptions{.temperature = 1.5f, .seed = 4, .top_k = 20},
        GenerateOptions{.temperature = 0.7f, .seed = 5, .top_p = 0.9f}}) {
    std::vector<double> weight(kVocabSize);
    for (std::size_t i = 0; i < weight.size(); ++i) {
      weight[i] = std::pow(static_cast<double>(p[i]), 1.0 / static_cast<double>(options.temperature));
    }
    const auto kept = drawn_tokens(p, options, 1'000'000);  // which tokens: the test above
    double mass = 0;
    for (const Token token : kept) mass += weight[token];
    std::vector<double> expected(kVocabSize);
    for (const Token token : kept) expected[token] = 1e6 * weight[token] / mass;

    std::vector<std::uint64_t> counts(kVocabSize);
    std::uint64_t rng = options.seed;
    for (int i = 0; i < 1'000'000; ++i) ++counts[sample(p, options, rng)];
    int classes = 0;
    const double statistic = chi_squared(counts, expected, classes);
    // Four standard deviations above the mean of chi-squared with that many degrees of freedom.
    const double freedom = classes - 1;
    CHECK(statistic < freedom + 4 * std::sqrt(2 * freedom));
  }
}

TEST_CASE("the draws are the same on every target", "[generation][golden]") {
  Distribution p = falling_distribution();
  std::uint64_t hash = 0;
  Random random(8);
  for (int i = 0; i < 2'000; ++i) {
    for (float& x : p) x *= 1.0f + 0.5f * random.uniform();
    float sum = 0;
    for (const float x : p) sum += x;
    for (float& x : p) x /= sum;
    const GenerateOptions options{.temperature = 0.2f + 0.1f * static_cast<float>(i % 20),
                                  .top_k = static_cast<std::uint32_t>(i % 3 == 0 ? 0 : i % 70),
                                  .top_p = i % 5 == 0 ? 1.0f : 0.05f * static_cast<float>(1 + i % 19)};
    std::uint64_t rng = static_cast<std::uint64_t>(i);
    const Token token = sample(p, options, rng);
    hash = hash64(std::as_bytes(std::span(&token, 1)), hash);
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  CHECK(std::string(text) == "09f826623a9d7d1f");
}

}  // namespace
}  // namespace mgt::test
