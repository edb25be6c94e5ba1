// The distribution of the next byte: ranked yes-or-no decisions, then counts for whatever they leave.
#include <cstring>

#include "memory/candidate_pool.hpp"
#include "memory/memory_state.hpp"
#include "memory/recurrences.hpp"

namespace mgt::memory {
namespace {

constexpr float kEnough = 0.004f;     // probability left at which deciding ends
constexpr float kNegligible = 0.02f;  // ... below which the shape of the rest hardly matters
constexpr float kUnseen = 0.05f;      // order-0 count of a byte never seen

constexpr auto kCountClass = [] {
  std::array<std::uint8_t, 256> t{};
  for (std::uint32_t c = 1; c < 256; ++c) {
    t[c] = static_cast<std::uint8_t>(c <= 3 ? c - 1 : c <= 5 ? 3 : c <= 9 ? 4 : c <= 19 ? 5 : c <= 63 ? 6 : 7);
  }
  return t;
}();
constexpr auto kOthersClass = [] {
  std::array<std::uint8_t, 32> t{};
  for (std::uint32_t c = 1; c < 32; ++c) {
    t[c] = static_cast<std::uint8_t>(8 * (c == 1 ? 1 : c <= 3 ? 2 : c <= 7 ? 3 : c <= 20 ? 4 : 5));
  }
  return t;
}();

struct Expectation {
  bool open;  ///< a match whose byte is not decided yet
  std::uint8_t byte;
  std::uint32_t situation;
};

// Spreads `rest` over all undecided bytes by the stream's byte counts, half of it over the pool's remainder.
void spread_roughly(const float* share, const CandidatePool& pool, float excluded, float rest, float* out) noexcept {
  float pooled = 0;
  for (std::uint32_t i = 0; i < pool.size; ++i) pooled += pool.score[i] > 0 ? pool.score[i] : 0.0f;
  const float to_pool = pooled > 0 ? 0.5f * rest / pooled : 0.0f;
  const float to_all = (pooled > 0 ? 0.5f : 1.0f) * rest / (1.0f - excluded);
  for (std::uint32_t i = 0; i < 256; ++i) out[i] = share[i] * to_all;
  for (std::uint32_t i = 0; i < pool.size; ++i) {
    if (pool.score[i] > 0) out[pool.symbol[i]] += pool.score[i] * to_pool;
  }
}

float sum_of(const float* x) noexcept {
  float lane[16] = {};
  for (std::uint32_t i = 0; i < 256; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) lane[j] += x[i + j];
  }
  float sum = 0;
  for (const float l : lane) sum += l;
  return sum;
}

std::uint32_t argmax(const float* x) noexcept {
  float high[16] = {};
  for (std::uint32_t i = 0; i < 256; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) high[j] = x[i + j] > high[j] ? x[i + j] : high[j];
  }
  float best = 0;
  for (const float h : high) best = h > best ? h : best;
  std::uint32_t at = 0;
  while (x[at] < best) ++at;
  return at;
}

}  // namespace

void StreamMemory::predict(MemoryPrediction& out) noexcept {
  State& s = state();
  ContextTable table = context_table();
  const ContextSlot* slots[kContexts];
  for (std::uint32_t k = 0; k < kContexts; ++k) slots[k] = &table[s.slot[k]];
  decide(s.at, slots, s.decided, out);
  find_recurrences(history(), static_cast<std::uint32_t>(s.at.position), options_.recent_window, out);
  s.pending = true;
}

void StreamMemory::decide(const Cursor& at, const ContextSlot* const (&slots)[kContexts], Decided& decided,
                          MemoryPrediction& out) const noexcept {
  const State& s = state();
  const std::uint8_t last = static_cast<std::uint8_t>(at.recent);

  CandidatePool pool;
  for (std::uint32_t k = 0; k < kContexts; ++k) pool.add_context(k, *slots[k]);
  Expectation expectation[kMatches] = {};
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    const MatchModel& match = at.match[m];
    if (match.length == 0) continue;
    const std::uint32_t misses = (match.misses & 1) + ((match.misses >> 1) & 1) + ((match.misses & 0xFC) != 0);
    const std::uint32_t length = match_length_class(match.length);
    expectation[m] = {true, match.expected(history()), (length * 4 + misses) * 2};
    pool.score[pool.add(expectation[m].byte)] += 1.0f + 0.2f * static_cast<float>(length);
  }
  const std::uint32_t longer = at.match[0].length >= at.match[1].length ? 0 : 1;
  const std::uint32_t longest = at.match[longer].length;
  out.match_length = longest;
  out.match_byte = expectation[longer].byte;
  out.order = static_cast<std::uint8_t>(pool.known);
  static_assert(kPlaces <= 256);
  out.place = static_cast<std::uint8_t>(at.place());
  out.in_word = at.in_word();
  out.letters = at.letters();
  const std::uint32_t length_gate = longest == 0 ? 0 : match_length_class(longest) / 2;

  float rest = 1;
  float given[kCandidates];
  std::uint32_t n = 0;
  for (; n < kCandidates && n < pool.size && rest > kEnough; ++n) {
    const std::uint32_t candidate = pool.take();
    const std::uint32_t later = n != 0;
    Decision& d = decided.decision[n];
    d.symbol = pool.symbol[candidate];
    for (std::uint32_t k = 0; k < kContexts; ++k) {
      d.situation[k] = kNone;
      d.input[k] = 0;
      if (pool.distinct[k] == 0) continue;
      const std::uint32_t count = pool.count[candidate][k];
      const std::uint32_t others = pool.total[k] -= count;
      const std::uint32_t around = kOthersClass[others < 31 ? others : 31];
      const std::uint32_t situation = count != 0
                                          ? kCountClass[count] + around + 48 * (pool.recency[candidate][k] + 3 * later)
                                          : kPresent + (pool.distinct[k] - 1) + around + 48 * later;
      d.situation[k] = static_cast<std::uint16_t>(situation);
      d.input[k] = s.seen[k][situation].logit;
    }
    std::uint32_t agreement = 0;  // 1: a match expects another byte, 2: this one
    for (std::uint32_t m = 0; m < kMatches; ++m) {
      d.situation[kContexts + m] = kNone;
      d.input[kContexts + m] = 0;
      if (!expectation[m].open) continue;
      const bool agrees = expectation[m].byte == d.symbol;
      agreement = agrees ? 2 : agreement == 0 ? 1 : agreement;
      expectation[m].open = !agrees;
      const std::uint32_t situation = expectation[m].situation + agrees;
      d.situation[kContexts + m] = static_cast<std::uint16_t>(situation);
      d.input[kContexts + m] = s.matched[m][situation].logit;
    }
    d.input[kInputs - 1] = 0.3f;

    const std::uint32_t rank = n < kRanks ? n : kRanks - 1;
    d.match_gate = rank * 24 + agreement * 8 + length_gate;
    d.known_gate = rank * (kContexts + 1) + pool.known;
    d.byte_gate = last;
    d.place_gate = later * kPlaces + out.place;
    d.symbol_gate = at.in_word() * 256 + d.symbol;
    const float* a = s.match_weight[d.match_gate];
    const float* b = s.known_weight[d.known_gate];
    const float* c = s.byte_weight[d.byte_gate];
    const float* e = s.place_weight[d.place_gate];
    const float* f = s.symbol_weight[d.symbol_gate];
    float lane[4] = {};
    for (std::uint32_t i = 0; i < kInputs; i += 4) {
      for (std::uint32_t j = 0; j < 4; ++j) {
        lane[j] += (((a[i + j] + b[i + j]) + (c[i + j] + e[i + j])) + f[i + j]) * d.input[i + j];
      }
    }
    float logit = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    d.mixed = squash(logit);

    logit = logit < -7.9f ? -7.9f : logit > 7.9f ? 7.9f : logit;
    const float place = (logit + 8.0f) * 2.0f;
    const std::uint32_t cell = static_cast<std::uint32_t>(place);
    const float part = place - static_cast<float>(cell);
    d.refine_cell = cell + (part > 0.5f);
    d.refined_pair = hash_of(static_cast<std::uint32_t>(at.recent & 0xFFFF), d.symbol + 256 * later) % kRefinedPairs;
    const std::uint16_t* first = s.refine_byte[d.byte_gate] + cell;
    const std::uint16_t* second = s.refine_pair[d.refined_pair] + cell;
    const float low = static_cast<float>(first[0] + second[0]), high = static_cast<float>(first[1] + second[1]);
    const float refined = (low * (1.0f - part) + high * part) * (1.0f / 65536);
    float hit = d.mixed * 0.5f + refined * 0.25f;
    hit = hit < 0.0005f ? 0.0005f : hit > 0.9998f ? 0.9998f : hit;
    given[n] = rest * hit;
    rest -= given[n];
  }
  decided.n_decisions = n;

  decided.share_bucket = kNone;
  if (rest < kNegligible) {
    float excluded = 0;
    for (std::uint32_t r = 0; r < n; ++r) excluded += s.order0_share[decided.decision[r].symbol];
    spread_roughly(s.order0_share, pool, excluded < 0.999f ? excluded : 0.999f, rest, out.probabilities);
  } else {
    // Order-1 counts and the pool's remainder; bytes new to both by order-0 counts; decided bytes excluded.
    alignas(64) float known[256], fresh[256];
    for (std::uint32_t i = 0; i < 256; ++i) known[i] = s.order1[last][i];
    for (std::uint32_t r = 0; r < n; ++r) known[decided.decision[r].symbol] = 0;
    for (std::uint32_t i = 0; i < pool.size; ++i) {
      if (pool.score[i] > 0) known[pool.symbol[i]] += 4 * pool.score[i];
    }
    for (std::uint32_t i = 0; i < 256; ++i) fresh[i] = static_cast<float>(s.order0[i]) + kUnseen;
    for (std::uint32_t i = 0; i < 256; ++i) fresh[i] = known[i] > 0 ? 0.0f : fresh[i];
    for (std::uint32_t r = 0; r < n; ++r) fresh[decided.decision[r].symbol] = 0;
    const float sum_known = sum_of(known), sum_fresh = sum_of(fresh);
    decided.share_bucket = 0;
    for (float x = sum_known; x >= 1 && decided.share_bucket < kShareBuckets - 1; x *= 0.5f) ++decided.share_bucket;
    float share = sum_known > 0 ? s.order1_share[decided.share_bucket].probability : 0.0f;
    if (sum_fresh <= 0) share = 1;
    const float to_known = sum_known > 0 ? rest * share / sum_known : 0.0f;
    const float to_fresh = sum_fresh > 0 ? rest * (1 - share) / sum_fresh : 0.0f;
    for (std::uint32_t i = 0; i < 256; ++i) out.probabilities[i] = known[i] * to_known + fresh[i] * to_fresh;
  }
  std::uint32_t top = 0;
  for (std::uint32_t r = 0; r < n; ++r) {
    out.probabilities[decided.decision[r].symbol] = given[r];
    const bool is_lower = decided.decision[r].symbol < decided.decision[top].symbol;
    top = given[r] > given[top] || (given[r] == given[top] && is_lower) ? r : top;
  }
  const bool is_listed = n != 0 && given[top] > rest;
  out.predicted = is_listed ? decided.decision[top].symbol : static_cast<std::uint8_t>(argmax(out.probabilities));
  out.confidence = out.probabilities[out.predicted];
}

}  // namespace mgt::memory
