// What 4 bits per weight cost the shipped models, against their files of 8 bits.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/golden.hpp"
#include "support/shipped.hpp"

namespace mgt::test {
namespace {

/// Nats per byte that any exit may lose.
struct Bar {
  std::string name;
  double on_log, on_sources;  ///< a held-out package log; this project's sources, which the models know badly
};

/// Mean nats per byte of an exit over the next bytes of positions [begin, end).
double mean_nats(const detail::DenseResult& dense, std::uint32_t exit, std::span<const std::uint8_t> text,
                 std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += surprise(dense.logits_at(exit, i), text[i + 1]);
  return sum / static_cast<double>(end - begin);
}

TEST_CASE("4 bits lose little against 8, at every exit, on a log and on sources", "[session][quality]") {
  const Bar bar = GENERATE(Bar{"micro", 0.012, 0.02}, Bar{"baseline", 0.005, 0.016});
  const Model int8 = load_shipped(bar.name + "-q8_0");
  const Model int4 = load_shipped(bar.name + "-q4_0");
  const auto text = Golden(std::string(MGT_GOLDEN_DIR) + "/" + bar.name + ".golden").array<std::uint8_t>("text");
  const std::uint32_t window = int8.config().window;
  const auto wide = detail::dense_forward(int8.data(), kernels(), text, window).value();
  const auto narrow = detail::dense_forward(int4.data(), kernels(), text, window).value();
  const std::size_t halves[] = {0, text.size() / 2, text.size() - 1};  // the log, then the sources
  for (std::uint32_t exit = 0; exit < int8.config().n_layers; ++exit) {
    for (int half = 0; half < 2; ++half) {
      const double before = mean_nats(wide, exit, text, halves[half], halves[half + 1]);
      const double after = mean_nats(narrow, exit, text, halves[half], halves[half + 1]);
      INFO(bar.name << " exit " << exit + 1 << (half == 0 ? ", log" : ", sources") << ": " << before
                    << " nats with 8 bits, " << after << " with 4");
      CHECK(after <= before + (half == 0 ? bar.on_log : bar.on_sources));
    }
  }
}

TEST_CASE("a shipped file of 4 bits is held in 4 bits", "[session][quality]") {
  const std::string name = GENERATE("micro", "baseline");
  const Model int4 = load_shipped(name + "-q4_0");
  CHECK(int4.data().layers[0].qkv.format == WeightFormat::int4);
  CHECK(int4.data().head.format == WeightFormat::int4);
  CHECK(int4.size_bytes() < load_shipped(name + "-q8_0").size_bytes());
}

}  // namespace
}  // namespace mgt::test
