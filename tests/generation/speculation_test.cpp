// Speculation changes when layers are computed and nothing else: text and answers are the plain generation's, bit for
// bit, and without a replay store the witness chain and the totals too.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "mgt/generate.hpp"
#include "support/golden.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

SessionOptions options_of(PolicyKind policy) {
  SessionOptions options;
  options.policy = policy;
  options.memory_bytes = 1u << 18;
  options.replay = 0;
  return options;
}

/// Large enough for drafts to be worth their price.
Model worthwhile_model() {
  TinyOptions shape;
  shape.n_layers = 2;
  shape.hidden = 128;
  shape.n_heads = shape.n_kv_heads = 4;
  shape.ffn = 256;
  return tiny_model(shape);
}

/// A prompt with something to copy: a phrase, some noise, the phrase again.
Bytes repetitive_prompt(std::uint64_t seed) {
  Random random(seed);
  const auto phrase = random_tokens(4 + random.next() % 12, seed);
  const auto noise = random_tokens(random.next() % 6, seed + 1);
  Bytes prompt(phrase.begin(), phrase.end());
  prompt.insert(prompt.end(), noise.begin(), noise.end());
  for (std::uint64_t n = random.next() % 3; n > 0; --n) prompt.insert(prompt.end(), phrase.begin(), phrase.end());
  return prompt;
}

/// Two sessions that ought to stay equal, one of them speculating.
struct Pair {
  Session plain;
  Session speculating;
  GenerateStats stats;

  Pair(const Model& model, const SessionOptions& options)
      : plain(make_session(model, options)), speculating(make_session(model, options)) {}

  /// Whether n bytes after the prompt, and the state afterwards, are the same.
  bool agrees(std::span<const std::uint8_t> prompt, GenerateOptions options, std::size_t n) {
    options.speculative = false;
    auto a = Generator::start(plain, prompt, options);
    options.speculative = true;
    auto b = Generator::start(speculating, prompt, options);
    if (!a || !b) return false;
    for (std::size_t i = 0; i < n; ++i) {
      if (a->next()->drawn.token != b->next()->drawn.token) return false;
    }
    stats.tokens += b->stats().tokens;
    stats.rounds += b->stats().rounds;
    stats.drafted += b->stats().drafted;
    stats.accepted += b->stats().accepted;
    return same_state();
  }

  /// Totals and the witness of a step that both take, which the chain binds to all before.
  bool same_state() {
    if (std::memcmp(&plain.stats(), &speculating.stats(), sizeof(SessionStats)) != 0) return false;
    return plain.step('.')->witness->hash == speculating.step('.')->witness->hash;
  }

  void reset() {
    plain.reset();
    speculating.reset();
  }
};

void check_greedy(std::uint64_t n_prompts) {
  const Model model = worthwhile_model();
  Pair pair(model, options_of(PolicyKind::dense));
  int different = 0;
  for (std::uint64_t seed = 0; seed < n_prompts; ++seed) {
    pair.reset();
    different += pair.agrees(repetitive_prompt(seed), {}, 20) ? 0 : 1;
  }
  CHECK(different == 0);
  CHECK(pair.stats.accepted > pair.stats.tokens / 4);  // or nothing was tested
  CHECK(pair.stats.drafted > pair.stats.accepted);
}

TEST_CASE("greedy speculation is plain greedy", "[generation][speculation]") {
  check_greedy(400);
}

TEST_CASE("greedy speculation is plain greedy on 10,000 prompts", "[.long][generation][speculation]") {
  check_greedy(10'000);
}

TEST_CASE("sampled speculation draws what plain sampling draws", "[generation][speculation]") {
  const Model model = worthwhile_model();
  for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact}) {
    for (const bool coherence : {true, false}) {
      SessionOptions session = options_of(policy);
      session.coherence = coherence;
      Pair pair(model, session);
      for (std::uint64_t seed = 0; seed < 150; ++seed) {
        pair.reset();
        Random random(seed);
        const GenerateOptions options{.temperature = 0.1f + 0.1f * static_cast<float>(random.next() % 15),
                                      .seed = seed,
                                      .top_k = static_cast<std::uint32_t>(random.next() % 50),
                                      .top_p = random.next() % 2 == 0 ? 1.0f : 0.8f};
        REQUIRE(pair.agrees(repetitive_prompt(seed), options, 60));
      }
      CHECK(pair.stats.accepted > 0);
    }
  }
}

TEST_CASE("the shipped models speculate without a difference", "[generation][speculation][shipped][once]") {
  for (const char* name : {"micro", "baseline"}) {
    const auto model = Model::load(read_file(std::string(MGT_MODELS_DIR) + "/" + name + "-q8_0.gguf"));
    REQUIRE(model.has_value());
    Pair pair(*model, options_of(PolicyKind::dense));
    const auto log = read_file(MGT_SOURCE_DIR "/bench/streams/dpkg.log");
    const auto code = read_file(MGT_SOURCE_DIR "/core/src/session/step.cpp");
    for (std::uint64_t i = 0; i < 100; ++i) {
      const auto& text = i % 2 == 0 ? log : code;
      const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
      pair.reset();
      GenerateOptions options;
      if (i % 4 >= 2) options = {.temperature = 0.8f, .seed = i};
      REQUIRE(pair.agrees(bytes.subspan(i * (text.size() - 200) / 100, 200), options, 60));
    }
    CHECK(pair.stats.tokens > 2 * pair.stats.rounds);
  }
}

TEST_CASE("a million speculative draws follow their answers", "[generation][speculation][quality]") {
  // The place of each draw within its answer, spread over the drawn token's share, is uniform if the draws are exact.
  const Model model = worthwhile_model();
  Session session = make_session(model, options_of(PolicyKind::dense));
  const Bytes prompt = repetitive_prompt(40);  // the text goes on repeating itself, so drafts come true
  auto generator = Generator::start(session, prompt, {.temperature = 1, .seed = 6, .speculative = true});
  REQUIRE(generator.has_value());
  constexpr int kDraws = 1'000'000;
  constexpr std::size_t kBins = 100;
  std::vector<std::uint64_t> counts(kBins);
  Random random(7);
  for (int i = 0; i < kDraws; ++i) {
    const std::vector<float> answer(generator->answer().begin(), generator->answer().end());
    const Token token = generator->next()->drawn.token;
    const double below = std::accumulate(answer.begin(), answer.begin() + token, 0.0);
    const double mass = std::accumulate(answer.begin() + token, answer.end(), below);
    const double spread = static_cast<double>(random.next() >> 11) * 0x1p-53;
    const double place = (below + spread * static_cast<double>(answer[token])) / mass;
    ++counts[std::min(kBins - 1, static_cast<std::size_t>(place * kBins))];
  }
  double statistic = 0;
  for (const std::uint64_t n : counts) {
    const double off = static_cast<double>(n) - static_cast<double>(kDraws) / kBins;
    statistic += off * off / (static_cast<double>(kDraws) / kBins);
  }
  const double freedom = kBins - 1;
  CHECK(statistic < freedom + 4 * std::sqrt(2 * freedom));
  CHECK(generator->stats().accepted > 10'000);
}

TEST_CASE("other calls in between find the stream as it stands", "[generation][speculation]") {
  const Model model = worthwhile_model();
  Pair pair(model, options_of(PolicyKind::dense));
  const Bytes prompt = repetitive_prompt(40);
  auto a = Generator::start(pair.plain, prompt, {.temperature = 0.5f});
  auto b = Generator::start(pair.speculating, prompt, {.temperature = 0.5f, .speculative = true});
  Random random(3);
  for (int round = 0; round < 400; ++round) {
    for (std::uint64_t n = random.next() % 12; n > 0; --n) {
      REQUIRE(a->next()->drawn.token == b->next()->drawn.token);
    }
    const auto tokens = random_tokens(1 + random.next() % 40, static_cast<std::uint64_t>(round));
    StepInput input;
    input.token = tokens[0];
    input.tier = static_cast<Tier>(random.next() >> 62);
    const std::uint64_t call = random.next() % 4;
    for (Session* session : {&pair.plain, &pair.speculating}) {
      if (call == 0) REQUIRE(session->prefill(tokens).has_value());
      if (call == 1) REQUIRE(session->step(input).has_value());
      if (call == 2) REQUIRE(session->infer(std::span(tokens).first(1)).has_value());
      if (call == 3) REQUIRE(session->step(tokens[0]).has_value());
    }
  }
  CHECK(pair.same_state());
  CHECK(b->stats().accepted > 0);
}

TEST_CASE("speculation holds with other keepings of the cache", "[generation][speculation]") {
  const Model model = worthwhile_model();
  SessionOptions propagating = options_of(PolicyKind::standard);
  propagating.tier = Tier::full;
  SessionOptions wide = options_of(PolicyKind::exact);
  wide.window = 64;
  for (const SessionOptions& options : {propagating, wide}) {
    Pair pair(model, options);
    CHECK(pair.agrees(repetitive_prompt(40), {.temperature = 0.4f}, 1500));
    CHECK(pair.stats.accepted > 0);
  }
  SessionOptions forgetful = options_of(PolicyKind::dense);
  forgetful.memory = false;
  Pair pair(model, forgetful);
  CHECK(pair.agrees(repetitive_prompt(40), {.temperature = 0.4f}, 100));
}

TEST_CASE("a batch waits until nothing before it is owed", "[generation][speculation]") {
  const Model model = worthwhile_model();
  for (const KvMode kv : {KvMode::exact, KvMode::propagate}) {
    SessionOptions options = options_of(PolicyKind::dense);
    options.kv = kv;
    Pair pair(model, options);
    const auto phrase = random_tokens(12, 4);
    Bytes prompt;
    for (int i = 0; i < 20; ++i) prompt.insert(prompt.end(), phrase.begin(), phrase.end());
    StepInput exit;
    exit.tier = Tier::safe;
    for (Session* session : {&pair.plain, &pair.speculating}) {
      REQUIRE(session->prefill(prompt).has_value());
      for (std::size_t i = 0; i < 5; ++i) {
        exit.token = phrase[i];
        REQUIRE(session->step(exit).has_value());
      }
    }
    CHECK(pair.agrees({}, {}, 300));
    CHECK(pair.stats.accepted > 0);
  }
}

TEST_CASE("beside replay the answers are the dense ones, and all work is accounted for",
          "[generation][speculation][replay]") {
  const Model model = worthwhile_model();
  const std::uint32_t n_layers = model.config().n_layers;
  for (const std::uint32_t positions : {16u, 512u}) {
    SessionOptions replaying = options_of(PolicyKind::exact);
    replaying.replay = positions;
    Session dense = make_session(model, options_of(PolicyKind::dense));
    Session session = make_session(model, replaying);
    Session undrafted = make_session(model, replaying);
    GenerateStats stats;
    bool same = true;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const float temperature = 0.25f * static_cast<float>(seed % 8);
      const auto prompt = repetitive_prompt(seed);
      auto a = Generator::start(dense, prompt, {.temperature = temperature, .seed = seed});
      auto b = Generator::start(session, prompt, {.temperature = temperature, .seed = seed, .speculative = true});
      auto c = Generator::start(undrafted, prompt, {.temperature = temperature, .seed = seed});
      for (int i = 0; i < 100; ++i) {
        const Token token = a->next()->drawn.token;
        same = same && b->next()->drawn.token == token && c->next()->drawn.token == token;
      }
      stats.tokens += b->stats().tokens;
      stats.rounds += b->stats().rounds;
      stats.drafted += b->stats().drafted;
      stats.accepted += b->stats().accepted;
    }
    CHECK(same);
    CHECK(session.stats().logits_hash == dense.stats().logits_hash);
    const SessionStats& s = session.stats();
    CHECK(100 * s.layers_replayed > 98 * undrafted.stats().layers_replayed);  // states run ahead count as well
    CHECK(s.layers_run + s.layers_replayed >= s.tokens * n_layers);
    CHECK(s.layers_run <= dense.stats().layers_run);
    CHECK(s.macs < dense.stats().macs);
    CHECK(stats.accepted > 100);
    CHECK(stats.drafted > stats.accepted);
    CHECK(stats.rounds < stats.tokens);
  }
}

TEST_CASE("a snapshot between drafts restores what has come of them", "[generation][speculation][replay][snapshot]") {
  const Model model = worthwhile_model();
  SessionOptions options = options_of(PolicyKind::exact);
  options.replay = 512;
  Session session = make_session(model, options);
  Session restored = make_session(model, options);
  bool same = true;
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto prompt = repetitive_prompt(seed);
    auto generator = Generator::start(session, prompt, {.temperature = 0.3f, .seed = seed, .speculative = true});
    for (std::uint64_t i = 0; i < 40 + seed; ++i) REQUIRE(generator->next().has_value());
    accepted += generator->stats().accepted;
    const auto snapshot = snapshot_of(session);
    REQUIRE(restored.restore(snapshot).has_value());
    for (std::size_t i = 0; i < 100; ++i) {
      const std::uint8_t token = i == 0 ? 0xfe : prompt[i % prompt.size()];  // the first one was not drafted
      same = same && session.step(token)->witness->hash == restored.step(token)->witness->hash;
    }
  }
  CHECK(same);
  CHECK(accepted > 100);
}

TEST_CASE("drafts stop where they do not come true", "[generation][speculation]") {
  const Model model = worthwhile_model();
  Session session = make_session(model, options_of(PolicyKind::dense));
  auto generator =
      Generator::start(session, random_tokens(2000, 3), {.temperature = 10, .seed = 1, .speculative = true});
  REQUIRE(generator.has_value());
  for (int i = 0; i < 5000; ++i) REQUIRE(generator->next().has_value());
  CHECK(generator->stats().drafted < 100);
}

TEST_CASE("speculation is refused where the gate leaves layers out by itself", "[generation][speculation][errors]") {
  const Model model = worthwhile_model();
  const GenerateOptions options{.speculative = true};
  for (const PolicyKind policy : {PolicyKind::conservative, PolicyKind::standard, PolicyKind::permissive}) {
    Session session = make_session(model, options_of(policy));
    const auto refused = Generator::start(session, repetitive_prompt(1), options);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::option_out_of_range);
    CHECK(std::string(refused.error().message()).find(name_of(policy)) != std::string::npos);
    CHECK(session.stats().tokens == 0);
  }
  SessionOptions reducing = options_of(PolicyKind::custom);
  reducing.custom.boundary_edges_max = 10;
  SessionOptions freezing = options_of(PolicyKind::custom);
  freezing.custom.allow_kv_write_when_unstable = false;
  SessionOptions shallow = options_of(PolicyKind::dense);
  shallow.tier = Tier::safe;
  SessionOptions hurried = options_of(PolicyKind::dense);
  hurried.deadline_us = 1.0f;
  hurried.step_bound_us = {2.0f, 0.5f, 0.2f, 0.1f};
  const std::pair<SessionOptions, const char*> refusals[] = {
      {reducing, "policy is custom"}, {freezing, "allow_kv_write"}, {shallow, "tier is"}, {hurried, "bound of 2 us"}};
  for (const auto& [session_options, cause] : refusals) {
    Session session = make_session(model, session_options);
    const auto refused = Generator::start(session, repetitive_prompt(1), options);
    REQUIRE_FALSE(refused.has_value());
    CHECK(std::string(refused.error().message()).find(cause) != std::string::npos);
  }
}

}  // namespace
}  // namespace mgt::test
