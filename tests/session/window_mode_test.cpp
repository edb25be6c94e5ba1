// Window mode against the plain forward pass, and its independence of the stream.
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/sessions.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

TEST_CASE("window mode gives the last logits of the plain forward pass", "[session][window]") {
  const Model model = tiny_model();
  const ModelConfig& c = model.config();
  auto session = Session::create(model, {});
  REQUIRE(session.has_value());
  for (std::size_t n = 1; n <= c.context_length; ++n) {
    const auto tokens = random_tokens(n, n);
    const auto view = session->infer(tokens);
    REQUIRE(view.has_value());
    const auto dense = detail::dense_forward(model.data(), kernels(), tokens, c.window).value();
    REQUIRE(same_bits(view->logits(), dense.logits_at(c.n_layers - 1, n - 1)));
  }
}

TEST_CASE("window mode of any length gives the last logits of the plain forward pass", "[session][window]") {
  const Model model = tiny_model();
  const ModelConfig& c = model.config();
  SessionOptions options;
  options.window_tokens = 300;
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  for (const std::size_t n : {std::size_t{1}, std::size_t{21}, std::size_t{22}, std::size_t{23}, std::size_t{300}}) {
    const auto tokens = random_tokens(n, n);
    const auto view = session->infer(tokens);
    REQUIRE(view.has_value());
    const auto dense = detail::dense_forward(model.data(), kernels(), tokens, c.window).value();
    REQUIRE(same_bits(view->logits(), dense.logits_at(c.n_layers - 1, n - 1)));
  }
  CHECK(session->infer(random_tokens(301, 1)).error().code() == Errc::input_too_long);
  options.window_tokens = 4;  // shorter than the model's context and than the receptive field
  auto narrow = Session::create(model, options);
  CHECK(narrow->infer(random_tokens(4, 1)).has_value());
  CHECK(narrow->infer(random_tokens(5, 1)).error().code() == Errc::input_too_long);
  options.window_tokens = kMostWindowTokens + 1;
  CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
}

TEST_CASE("tiers of window mode narrow layers, tokens and window", "[session][window]") {
  const Model model = tiny_model();
  const ModelConfig& c = model.config();
  auto session = Session::create(model, {});
  REQUIRE(session.has_value());
  const auto tokens = random_tokens(c.context_length, 3);
  struct Scope {
    Tier tier;
    std::size_t tokens;
    std::uint32_t window;
    std::uint32_t layers;
  };
  for (const Scope scope : {Scope{Tier::full, 32, 8, 3}, Scope{Tier::reduced, 16, 4, 1}, Scope{Tier::safe, 4, 4, 1}}) {
    const auto view = session->infer(tokens, scope.tier);
    REQUIRE(view.has_value());
    const auto seen = std::span(tokens).last(scope.tokens);
    const auto dense = detail::dense_forward(model.data(), kernels(), seen, scope.window).value();
    CHECK(same_bits(view->logits(), dense.logits_at(scope.layers - 1, scope.tokens - 1)));
    CHECK(view->witness->tier == scope.tier);
    CHECK(view->witness->layers_run == scope.layers);
  }
  const std::uint64_t previous = session->infer(tokens, Tier::safe)->witness->output_hash;
  const auto cached = session->infer(random_tokens(5, 5), Tier::skip);
  REQUIRE(cached.has_value());
  CHECK(cached->witness->output_hash == previous);
  CHECK(cached->witness->layers_run == 0);
}

TEST_CASE("window mode at a capacity runs the youngest positions only", "[session][window]") {
  TinyOptions shape;
  shape.n_layers = 2;
  const Model model = tiny_model(shape);
  const ModelConfig& c = model.config();
  SessionOptions options;
  options.window_capacity = 0.75f;
  auto narrow = Session::create(model, options);
  options.memory = false;
  options.policy = PolicyKind::dense;
  options.kv = KvMode::propagate;
  auto stream = Session::create(model, options);
  REQUIRE((narrow.has_value() && stream.has_value()));
  // The first layer runs for the last 4 of the window's 8 positions, the second one for the last: a stream whose last
  // four bytes come at tiers 2, 2, 2 and 0, after skipped ones, is computed alike.
  const auto tokens = random_tokens(c.context_length, 4);
  Expected<StepView> stepped = fail(Errc::empty_input, "no step yet");
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    StepInput input;
    input.token = tokens[i];
    input.tier = i + 1 == tokens.size() ? Tier::full : i + 4 >= tokens.size() ? Tier::safe : Tier::skip;
    stepped = stream->step(input);
    REQUIRE(stepped.has_value());
  }
  const auto view = narrow->infer(tokens);
  REQUIRE(view.has_value());
  CHECK(same_bits(view->logits(), stepped->logits()));
  CHECK(view->witness->layers_run + view->witness->layers_caught_up == 4 + 1);
}

TEST_CASE("a capacity bounds the multiply-adds of every window", "[session][window]") {
  const Model model = tiny_model();
  SessionOptions options;
  auto whole = Session::create(model, options);
  REQUIRE(whole.has_value());
  for (const float capacity : {0.9f, 0.7f, 0.5f}) {
    options.window_capacity = capacity;
    auto routed = Session::create(model, options);
    REQUIRE(routed.has_value());
    for (const std::size_t n : {std::size_t{9}, std::size_t{22}, std::size_t{32}}) {
      const auto tokens = random_tokens(n, n);
      const auto a = whole->infer(tokens);
      const auto b = routed->infer(tokens);
      REQUIRE((a.has_value() && b.has_value()));
      const double share = static_cast<double>(routed->window_macs()) / static_cast<double>(whole->window_macs());
      CHECK(share <= capacity);
      CHECK(share > capacity - 0.1);
      CHECK(!same_bits(a->logits(), b->logits()));
    }
    const auto tokens = random_tokens(1, 1);
    CHECK(same_bits(whole->infer(tokens)->logits(), routed->infer(tokens)->logits()));  // the last token gets all
  }
  for (const float wrong : {0.0f, -0.5f, 1.5f, std::numeric_limits<float>::quiet_NaN()}) {
    options.window_capacity = wrong;
    CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
  }
}

TEST_CASE("window mode leaves the stream alone", "[session][window]") {
  const Model model = tiny_model();
  auto disturbed = Session::create(model, {});
  auto plain = Session::create(model, {});
  REQUIRE((disturbed.has_value() && plain.has_value()));
  const auto tokens = random_tokens(60, 8);
  for (const auto token : tokens) {
    REQUIRE(disturbed->infer(std::span(tokens).first(10)).has_value());
    const auto a = disturbed->step(token);
    const auto b = plain->step(token);
    REQUIRE(a->witness->hash == b->witness->hash);
  }
  CHECK(std::memcmp(&disturbed->stats(), &plain->stats(), sizeof(SessionStats)) == 0);
}

TEST_CASE("window mode refuses too many tokens, none, and a repeat of nothing", "[session][window]") {
  const Model model = tiny_model();
  auto session = Session::create(model, {});
  REQUIRE(session.has_value());
  CHECK(session->infer(random_tokens(33, 1)).error().code() == Errc::input_too_long);
  CHECK(session->infer({}).error().code() == Errc::empty_input);
  CHECK(session->infer(random_tokens(3, 1), Tier::skip).error().code() == Errc::option_out_of_range);
}

}  // namespace
}  // namespace mgt::test
