#include "memory/mixer.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <span>

#include "memory/certainty.hpp"
#include "memory/mixer_state.hpp"
#include "memory/scalar_math.hpp"
#include "memory/undecided.hpp"
#include "memory/vector_loops.hpp"
#include "multiversion.hpp"

namespace mgt::memory {
using namespace mixing;
namespace {

constexpr float kSettledRate = 0.0015f;  ///< of the weights; higher at the start
constexpr float kEarlyRate = 0.005f;
constexpr float kEarlySteps = 4000.0f;
constexpr float kEnough = 0.004f;  ///< probability left at which deciding ends
constexpr float kMapWeight = 0.5f;
constexpr float kMapRate = 0.015f;
constexpr float kRecordRate = 0.3f;  ///< of the running costs: the last three bytes say who is the better one now
constexpr std::uint32_t kLanes = 4;  ///< decisions weighed side by side

std::uint32_t length_class(std::uint32_t n) noexcept {
  return n == 0 ? 0 : n < 8 ? 1 : n < 12 ? 2 : n < 16 ? 3 : n < 20 ? 4 : n < 28 ? 5 : n < 48 ? 6 : 7;
}

/// How many of the ends x has reached.
template <std::size_t n>
std::uint32_t class_of(float x, const float (&ends)[n]) noexcept {
  std::uint32_t reached = 0;
  for (const float end : ends) reached += x < end ? 0 : 1;
  return reached;
}

std::uint32_t level_of(float p) noexcept {
  constexpr float kEnds[kLevels - 1] = {0.2f, 0.4f, 0.6f, 0.8f, 0.9f, 0.96f, kCertain};
  return class_of(p, kEnds);
}

/// Who has been the better one, by how much less the model costs than the memory.
std::uint32_t record_of(float lead) noexcept {
  constexpr float kEnds[kRecords - 1] = {-1.0f, -0.5f, -0.25f, 0.0f, 0.25f, 0.5f, 1.0f};
  return class_of(lead, kEnds);
}

/// What tells one mixture's weights from another's.
struct Situation {
  std::uint32_t level, model_level;  ///< of the memory's certainty, of the model's best probability
  std::uint32_t length;              ///< of the match
  std::uint32_t record;              ///< who has been the better one
  float model_best;
};

/// Which weights decide whether it is this byte.
MGT_WITH_EACH_VERSION void choose_sets(const Situation& at, const MemoryPrediction& memory, std::uint32_t i,
                                       std::uint32_t symbol, Pending& p) noexcept {
  const std::uint32_t rank = i < kRanks ? i : kRanks - 1;
  const std::uint32_t agreement = memory.match_length == 0 ? 0 : memory.match_byte == symbol ? 2 : 1;
  const std::uint32_t tops = (symbol == memory.predicted ? 2u : 0u) + (p.model[symbol] >= at.model_best ? 1u : 0u);
  p.match_set[i] = (rank * kLengths + at.length) * 3 + agreement;
  p.level_set[i] = (rank * kLevels + at.level) * kLevels + at.model_level;
  p.record_set[i] = rank * kRecords + at.record;
  p.place_set[i] = rank * kPlaces + memory.place;
  p.symbol_set[i] = (memory.letters != 0) * 256 + symbol;
  p.map_row[i] = ((i != 0) * kLengths + at.length) * 4 + tops;
}

/// The log-odds of decision i by its weights.
MGT_WITH_EACH_VERSION float weigh(const Learnt& l, const Pending& p, std::uint32_t i) noexcept {
  const float* x = p.input[i];
  const float* a = l.by_match[p.match_set[i]].weight;
  const float* b = l.by_level[p.level_set[i]].weight;
  const float* c = l.by_record[p.record_set[i]].weight;
  const float* d = l.by_place[p.place_set[i]].weight;
  const float* e = l.by_symbol[p.symbol_set[i]].weight;
  float weighted[kInputs];
  for (std::uint32_t k = 0; k < kInputs; ++k) weighted[k] = (((a[k] + b[k]) + (c[k] + d[k])) + e[k]) * x[k];
  return (weighted[0] + weighted[1]) + (weighted[2] + weighted[3]);
}

/// The probabilities of n decisions, from `first` on, with these log-odds.
MGT_WITH_EACH_VERSION void judge(const Learnt& l, float (&logits)[kLanes], std::uint32_t first, std::uint32_t n,
                                 Pending& p, float (&hits)[kLanes]) noexcept {
  float mixed[kLanes], part[kLanes], low[kLanes] = {}, high[kLanes] = {};
  std::int32_t cell[kLanes];
  clamp_all(logits, -9.0f, 9.0f);
  squash_4(logits, mixed);
  place_4(logits, cell, part);
  for (std::uint32_t j = 0; j < n; ++j) {
    p.mixed[first + j] = mixed[j];
    p.map_cell[first + j] = static_cast<std::uint32_t>(cell[j]) + (part[j] > 0.5f);
    const float* row = l.map[p.map_row[first + j]] + cell[j];
    low[j] = row[0], high[j] = row[1];
  }
  for (std::uint32_t j = 0; j < kLanes; ++j) {
    const float refined = low[j] * (1.0f - part[j]) + high[j] * part[j];
    hits[j] = mixed[j] * (1.0f - kMapWeight) + refined * kMapWeight;
  }
  clamp_all(hits, 0.0003f, 0.9998f);
}

}  // namespace

std::size_t Mixer::plan_bytes(const MixerOptions& options) noexcept {
  return sizeof(State) + options.n_exits * (kTrusts * sizeof(Learnt) + sizeof(Pending));
}

Mixer::Mixer(std::span<std::byte> storage, const MixerOptions& options) noexcept
    : storage_(storage), options_(options) {
  assert(storage.size() >= plan_bytes(options));
  reset();
}

void Mixer::reset() noexcept {
  std::memset(storage_.data(), 0, plan_bytes(options_));
  State& state = *reinterpret_cast<State*>(storage_.data());
  for (std::uint32_t e = 0; e < options_.n_exits * kTrusts; ++e) {
    Learnt& l = state.learnt()[e];
    for (WeightSet& set : l.by_match) set = {{0.25f, 0.45f, 0.3f, 0}};
    for (std::uint32_t i = 0; i < kMapCells; ++i) l.map[0][i] = squash((static_cast<float>(i) - 16) * 0.5f);
    for (auto& row : std::span(l.map).subspan(1)) std::memcpy(row, l.map[0], sizeof row);
    for (std::uint32_t i = 0; i < kLevels; ++i) l.model_share[i] = 0.5f;
    l.model_nats = l.memory_nats = 1.5f;
  }
}

MGT_MULTIVERSION void Mixer::mix(std::uint32_t exit, const float* model_probabilities, const MemoryPrediction& memory,
                                 float certainty, float* out) noexcept {
  assert(exit >= 1 && exit <= options_.n_exits);
  State& state = *reinterpret_cast<State*>(storage_.data());
  const std::uint32_t level = level_of(certainty);
  const Learnt& l = state.learnt(exit - 1, level);
  Pending& p = state.pending(options_.n_exits)[exit - 1];
  if (state.n_used == 0) std::memcpy(state.memory, memory.probabilities, sizeof state.memory);
  state.n_used += p.used == 0;
  p.used = 1;
  p.level = level;
  std::memcpy(p.model, model_probabilities, sizeof p.model);

  Undecided undecided(p.model, state.memory, l.model_share[level]);
  float highest[16];
  tops_of_16(p.model, highest);
  const float model_best = greatest_of_16(highest);
  const Situation at{level, level_of(model_best), length_class(memory.match_length),
                     record_of(l.memory_nats - l.model_nats), model_best};
  float rest = 1;
  float given[kDecisions];
  std::uint32_t n = 0;
  // As in the stream memory: the first one alone, then some at a time.
  for (std::uint32_t first = 0, n_asked = 1; first < kDecisions && rest > kEnough; first += n_asked, n_asked = kLanes) {
    n_asked = std::min(n_asked, kDecisions - first);
    Undecided::Taken taken[kLanes];
    float odds[kLanes][kInputs], logits[kLanes] = {}, hits[kLanes];
    for (std::uint32_t j = 0; j < n_asked; ++j) taken[j] = undecided.take(odds[j]);
    for (std::uint32_t j = 0; j < n_asked; ++j) {
      const std::uint32_t i = first + j;
      p.symbol[i] = static_cast<std::uint8_t>(taken[j].symbol);
      stretch_4(odds[j], p.input[i]);
      p.input[i][kInputs - 1] = 0.3f;
      choose_sets(at, memory, i, taken[j].symbol, p);
      logits[j] = weigh(l, p, i);
    }
    judge(l, logits, first, n_asked, p, hits);
    for (std::uint32_t j = 0; j < n_asked; ++j) {
      if (rest > kEnough) {
        given[n++] = rest * hits[j];
        rest -= rest * hits[j];
      } else {
        undecided.put_back(taken[j]);
      }
    }
  }
  p.n_decisions = n;
  undecided.spread(rest, out);
  for (std::uint32_t i = 0; i < n; ++i) out[p.symbol[i]] = given[i];
}

MGT_MULTIVERSION void Mixer::learn(std::uint8_t byte) noexcept {
  State& state = *reinterpret_cast<State*>(storage_.data());
  if (state.n_used == 0) return;
  const float memory_p = state.memory[byte] < 1e-9f ? 1e-9f : state.memory[byte];
  for (std::uint32_t e = 0; e < options_.n_exits; ++e) {
    Pending& p = state.pending(options_.n_exits)[e];
    if (!p.used) continue;
    p.used = 0;
    Learnt& l = state.learnt(e, p.level);
    const float rate = kSettledRate + kEarlyRate * kEarlySteps / (kEarlySteps + l.steps);
    l.steps += 1.0f;
    bool hit = false;
    for (std::uint32_t i = 0; i < p.n_decisions && !hit; ++i) {
      hit = p.symbol[i] == byte;
      const float bit = hit ? 1.0f : 0.0f;
      const float step = (bit - p.mixed[i]) * rate;
      float* a = l.by_match[p.match_set[i]].weight;
      float* b = l.by_level[p.level_set[i]].weight;
      float* c = l.by_record[p.record_set[i]].weight;
      float* d = l.by_place[p.place_set[i]].weight;
      float* f = l.by_symbol[p.symbol_set[i]].weight;
      for (std::uint32_t j = 0; j < kInputs; ++j) {
        const float delta = step * p.input[i][j];
        a[j] += delta, b[j] += delta, c[j] += delta, d[j] += delta, f[j] += delta;
      }
      float& cell = l.map[p.map_row[i]][p.map_cell[i]];
      cell += (bit - cell) * kMapRate;
    }
    const float model_p = p.model[byte] < 1e-9f ? 1e-9f : p.model[byte];
    float& share = l.model_share[p.level];
    const float posterior = share * model_p / (share * model_p + (1.0f - share) * memory_p);
    share = clamp(share + (posterior - share) * 0.01f, 0.02f, 0.98f);
    l.model_nats += (-ln_of(model_p) - l.model_nats) * kRecordRate;
    l.memory_nats += (-ln_of(memory_p) - l.memory_nats) * kRecordRate;
  }
  state.n_used = 0;
}

void Mixer::discard() noexcept {
  State& state = *reinterpret_cast<State*>(storage_.data());
  for (std::uint32_t e = 0; e < options_.n_exits; ++e) state.pending(options_.n_exits)[e].used = 0;
  state.n_used = 0;
}

}  // namespace mgt::memory
