// What the shipped baseline promises on a package manager's log that training never saw.
#include <catch2/catch_test_macros.hpp>

#include "mgt/session.hpp"
#include "support/golden.hpp"

namespace mgt::test {
namespace {

constexpr std::size_t kBytes = 64 * 1024;

SessionStats stream_log(const Model& model, PolicyKind policy) {
  SessionOptions options;
  options.policy = policy;
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  const auto log = read_file(MGT_SOURCE_DIR "/bench/streams/dpkg.log");
  REQUIRE(log.size() >= 200'000);
  for (const std::byte byte : std::span(log).first(kBytes)) {
    REQUIRE(session->step(std::to_integer<Token>(byte)).has_value());
  }
  return session->stats();
}

TEST_CASE("the default policy saves two thirds of the layers at a small loss", "[session][quality]") {
  const auto model = Model::load(read_file(MGT_MODELS_DIR "/baseline-q4_q8.gguf"));
  REQUIRE(model.has_value());
  const SessionStats dense = stream_log(*model, PolicyKind::dense);
  const double nats = dense.nats / kBytes;
  const double accuracy = static_cast<double>(dense.correct) / kBytes;
  INFO("dense: " << nats << " nats per byte, accuracy " << accuracy);
  CHECK(nats <= 0.122);
  CHECK(accuracy >= 0.96);

  const SessionStats gated = stream_log(*model, PolicyKind::standard);
  INFO("gated: " << gated.nats / kBytes << " nats per byte, " << gated.layers_run << " of " << dense.layers_run
                 << " layers");
  CHECK(gated.nats <= 1.05 * dense.nats);
  CHECK(gated.layers_run * 3 <= dense.layers_run);
}

}  // namespace
}  // namespace mgt::test
