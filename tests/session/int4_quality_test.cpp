// What 4 bits per weight, everywhere or in the lower half, cost the baseline against its file of 8 bits.
#include <catch2/catch_test_macros.hpp>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/golden.hpp"
#include "support/shipped.hpp"

namespace mgt::test {
namespace {

// Nats per byte that any exit of the transformer alone may lose on a held-out package log, and on this project's
// sources, which the model knows badly. Mixed with the stream memory less is left of it: the mixture may lose
// kMostMixtureNats.
constexpr double kMostExtraNats[] = {0.016, 0.024};
constexpr double kMostMixtureNats = 0.005;

/// Mean nats per byte of an exit over the next bytes of positions [begin, end).
double mean_nats(const detail::DenseResult& dense, std::uint32_t exit, std::span<const std::uint8_t> text,
                 std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += surprise(dense.logits_at(exit, i), text[i + 1]);
  return sum / static_cast<double>(end - begin);
}

TEST_CASE("4 bits lose little against 8 at every exit", "[session][quality]") {
  const Model wide_model = load_shipped("baseline-q8_0");
  const Model narrow_model = load_shipped(GENERATE("baseline-q4_0", "baseline-q4_q8"));
  const auto text = Golden(MGT_GOLDEN_DIR "/baseline.golden").array<std::uint8_t>("text");
  const std::uint32_t window = wide_model.config().window;
  const auto wide = detail::dense_forward(wide_model.data(), kernels(), text, window).value();
  const auto narrow = detail::dense_forward(narrow_model.data(), kernels(), text, window).value();
  const std::size_t halves[] = {0, text.size() / 2, text.size() - 1};  // the log, then the sources
  for (std::uint32_t exit = 0; exit < wide_model.config().n_layers; ++exit) {
    for (int half = 0; half < 2; ++half) {
      const double before = mean_nats(wide, exit, text, halves[half], halves[half + 1]);
      const double after = mean_nats(narrow, exit, text, halves[half], halves[half + 1]);
      INFO("exit " << exit + 1 << (half == 0 ? ", log: " : ", sources: ") << before << " nats with 8 bits, " << after
                   << " with 4, or with both");
      CHECK(after <= before + kMostExtraNats[half]);
    }
  }
}

TEST_CASE("4 bits lose little against 8 beside the stream memory", "[session][quality]") {
  const auto log = read_file(MGT_SOURCE_DIR "/bench/streams/dpkg.log");
  constexpr std::size_t kBytes = 32 * 1024;
  const auto nats_of = [&](const Model& model) {
    SessionOptions options;
    options.policy = PolicyKind::dense;
    auto session = Session::create(model, options);
    REQUIRE(session.has_value());
    for (const std::byte byte : std::span(log).first(kBytes)) {
      REQUIRE(session->step(std::to_integer<Token>(byte)).has_value());
    }
    return session->stats().nats / kBytes;
  };
  const double before = nats_of(load_shipped("baseline-q8_0"));
  const double after = nats_of(load_shipped(GENERATE("baseline-q4_0", "baseline-q4_q8")));
  INFO(before << " nats with 8 bits, " << after << " with 4");
  CHECK(after <= before + kMostMixtureNats);
}

TEST_CASE("what a shipped file has in 4 bits is held in 4 bits", "[session][quality]") {
  const Model int4 = load_shipped("baseline-q4_0");
  CHECK(int4.data().layers[0].qkv.format == WeightFormat::int4);
  CHECK(int4.data().head.format == WeightFormat::int4);
  const Model mixed = load_shipped("baseline-q4_q8");
  CHECK(mixed.data().layers[0].qkv.format == WeightFormat::int8);  // looked up by byte
  CHECK(mixed.data().layers[1].qkv.format == WeightFormat::int4);
  CHECK(mixed.data().layers[1].ffn_up.format == WeightFormat::int4);
  CHECK(mixed.data().layers[1].ffn_down.format == WeightFormat::int8);  // mostly not read
  CHECK(mixed.data().layers[2].qkv.format == WeightFormat::int8);
  CHECK(mixed.data().head.format == WeightFormat::int8);
  CHECK(int4.size_bytes() < mixed.size_bytes());
  CHECK(mixed.size_bytes() < load_shipped("baseline-q8_0").size_bytes());
}

}  // namespace
}  // namespace mgt::test
