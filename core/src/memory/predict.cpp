// The distribution of the next byte: ranked yes-or-no decisions, then counts for whatever they leave.
#include <algorithm>
#include <cstring>

#include "memory/candidate_pool.hpp"
#include "memory/memory_state.hpp"
#include "memory/vector_loops.hpp"
#include "multiversion.hpp"

namespace mgt::memory {
namespace {

constexpr float kEnough = 0.004f;     // probability left at which deciding ends
constexpr float kNegligible = 0.02f;  // ... below which the shape of the rest hardly matters

// By comparisons, not by a table: loops over it vectorise.
constexpr std::int16_t others_class(std::int16_t c) noexcept {
  return static_cast<std::int16_t>((c > 0) + (c > 1) + (c > 3) + (c > 7) + (c > 20));
}

/// Where the candidate stands in each context, kNone where that is new. Its counts leave the pool's totals.
MGT_WITH_EACH_VERSION void find_situations(CandidatePool& pool, const Candidate& candidate, std::uint32_t later,
                                           std::uint16_t* out) noexcept {
  const std::int16_t absent = static_cast<std::int16_t>(kPresent + 48 * later - 1);
  const std::int16_t present = static_cast<std::int16_t>(48 * 3 * later);
  // None of these overlap, which compilers would find out by comparing addresses at every call.
  const std::uint8_t* __restrict counts = candidate.count;
  const std::int16_t* __restrict seen_as = candidate.seen_as;
  const std::int16_t* __restrict distinct = pool.distinct;
  std::int16_t* __restrict total = pool.total;
  std::uint16_t* __restrict result = out;
  for (std::uint32_t k = 0; k < kPaddedContexts; ++k) {
    const std::int16_t count = counts[k];
    const std::int16_t others = static_cast<std::int16_t>(total[k] - count);
    total[k] = others;
    const std::int16_t around = static_cast<std::int16_t>(8 * others_class(others));
    const std::int16_t seen = static_cast<std::int16_t>(present + seen_as[k]);
    const std::int16_t unseen = static_cast<std::int16_t>(absent + distinct[k]);
    const std::int16_t situation = static_cast<std::int16_t>((count != 0 ? seen : unseen) + around);
    result[k] = static_cast<std::uint16_t>(distinct[k] != 0 ? situation : static_cast<std::int16_t>(kNone));
  }
}

/// What the undecided bytes have of the stream's byte counts; more than 0.
float open_share(const float* share, const Decided& decided) noexcept {
  float open[256];
  std::copy_n(share, 256, open);
  for (std::uint32_t r = 0; r < decided.n_decisions; ++r) open[decided.decision[r].symbol] = 0;
  const float sum = sum_of(open);
  return sum > 0 ? sum : 1.0f;
}

// Spreads `rest` over all undecided bytes by the stream's byte counts, of which they have `open`, half of it over the
// pool's remainder.
MGT_WITH_EACH_VERSION void spread_roughly(const float* share, const CandidatePool& pool, float open, float rest,
                                          float* out) noexcept {
  float pooled = 0;
  for (std::uint32_t i = 0; i < pool.size; ++i) pooled += pool.candidate[i].score > 0 ? pool.candidate[i].score : 0.0f;
  const float to_pool = pooled > 0 ? 0.5f * rest / pooled : 0.0f;
  const float to_all = (pooled > 0 ? 0.5f : 1.0f) * rest / open;
  for (std::uint32_t i = 0; i < 256; ++i) out[i] = share[i] * to_all;
  for (std::uint32_t i = 0; i < pool.size; ++i) {
    if (pool.candidate[i].score > 0) out[pool.candidate[i].symbol] += pool.candidate[i].score * to_pool;
  }
}

}  // namespace

/// What the decisions of one prediction share.
struct StreamMemory::Question {
  struct Expectation {
    bool open;  ///< a match whose byte is not decided yet
    std::uint8_t byte;
    std::uint32_t situation;
  };

  CandidatePool pool;
  Expectation expectation[kMatches] = {};
  std::uint32_t last;        ///< the byte before
  std::uint32_t last2;       ///< the two bytes before
  std::uint32_t length_set;  ///< of the longest match
  std::uint32_t place;
  std::uint32_t in_word;

  /// Gathers what contexts and matches expect; `out` gets what needs no decision.
  MGT_WITH_EACH_VERSION void gather(const Cursor& at, const ContextSlot* const (&slots)[kContexts],
                                    const History& history, MemoryPrediction& out) noexcept {
    for (std::uint32_t k = 0; k < kContexts; ++k) pool.add_context(k, *slots[k]);
    for (std::uint32_t m = 0; m < kMatches; ++m) {
      const MatchModel& match = at.match[m];
      if (match.length == 0) continue;
      const std::uint32_t misses = (match.misses & 1) + ((match.misses >> 1) & 1) + ((match.misses & 0xFC) != 0);
      const std::uint32_t length = match_length_class(match.length);
      expectation[m] = {true, match.expected(history), (length * 4 + misses) * 2};
      pool.add(expectation[m].byte).score += 1.0f + 0.2f * static_cast<float>(length);
    }
    const std::uint32_t longer = at.match[0].length >= at.match[1].length ? 0 : 1;
    const std::uint32_t longest = at.match[longer].length;
    out.match_length = longest;
    out.match_byte = expectation[longer].byte;
    static_assert(kPlaces <= 256);
    out.place = static_cast<std::uint8_t>(at.place());
    out.letters = letters_behind(at.recent);
    last = static_cast<std::uint8_t>(at.recent);
    last2 = static_cast<std::uint32_t>(at.recent & 0xFFFF);
    length_set = longest == 0 ? 0 : match_length_class(longest) / 2;
    place = out.place;
    in_word = out.letters != 0;
  }

  /// Shares `rest` among the undecided bytes: those known to order 1 or left in the pool, and by order-0 counts those
  /// that are new to both.
  MGT_WITH_EACH_VERSION void spread_by_counts(const State& s, float rest, Decided& decided, float* out) const noexcept {
    alignas(64) float known[256], fresh[256];
    const std::uint32_t n = decided.n_decisions;
    for (std::uint32_t i = 0; i < 256; ++i) known[i] = s.order1[last][i];
    for (std::uint32_t r = 0; r < n; ++r) known[decided.decision[r].symbol] = 0;
    for (std::uint32_t i = 0; i < pool.size; ++i) {
      if (pool.candidate[i].score > 0) known[pool.candidate[i].symbol] += 4 * pool.candidate[i].score;
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
    for (std::uint32_t i = 0; i < 256; ++i) out[i] = known[i] * to_known + fresh[i] * to_fresh;
  }
};

void StreamMemory::predict(MemoryPrediction& out) noexcept {
  State& s = state();
  ContextTable table = context_table();
  const ContextSlot* slots[kContexts];
  for (std::uint32_t k = 0; k < kContexts; ++k) slots[k] = &table[s.slot[k]];
  decide(s.at, slots, s.decided, out);
  s.pending = true;
}

MGT_MULTIVERSION float StreamMemory::ask(Question& q, std::uint32_t candidate, std::uint32_t n,
                                         Decision& d) const noexcept {
  const State& s = state();
  const std::uint32_t later = n != 0;
  d.symbol = q.pool.candidate[candidate].symbol;
  d.refined_pair = hash_of(q.last2, d.symbol + 256 * later) % kRefinedPairs;
  __builtin_prefetch(s.refine_pair[d.refined_pair]);
  __builtin_prefetch(s.refine_pair[d.refined_pair] + kRefineCells - 1);

  find_situations(q.pool, q.pool.candidate[candidate], later, d.situation);
  for (float& x : d.input) x = 0;
  for (std::uint32_t i = 0; i < q.pool.known; ++i) {
    const std::uint32_t k = q.pool.known_context[i];
    d.input[k] = s.seen[k][d.situation[k]].logit;
  }
  std::uint32_t agreement = 0;  // 1: a match expects another byte, 2: this one
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    Question::Expectation& expectation = q.expectation[m];
    if (!expectation.open) continue;
    const bool agrees = expectation.byte == d.symbol;
    agreement = agrees ? 2 : agreement == 0 ? 1 : agreement;
    expectation.open = !agrees;
    const std::uint32_t situation = expectation.situation + agrees;
    d.situation[kContexts + m] = static_cast<std::uint16_t>(situation);
    d.input[kContexts + m] = s.matched[m][situation].logit;
  }
  d.input[kInputs - 1] = 0.3f;

  const std::uint32_t rank = n < kRanks ? n : kRanks - 1;
  d.match_set = rank * 24 + agreement * 8 + q.length_set;
  d.known_set = rank * (kContexts + 1) + q.pool.known;
  d.byte_set = q.last;
  d.place_set = later * kPlaces + q.place;
  d.symbol_set = q.in_word * 256 + d.symbol;
  const float* a = s.match_weight[d.match_set];
  const float* b = s.known_weight[d.known_set];
  const float* c = s.byte_weight[d.byte_set];
  const float* e = s.place_weight[d.place_set];
  const float* f = s.symbol_weight[d.symbol_set];
  float weight[kInputs];
  for (std::uint32_t i = 0; i < kInputs; ++i) weight[i] = ((a[i] + b[i]) + (c[i] + e[i])) + f[i];
  float lane[4] = {};
  for (std::uint32_t i = 0; i < kInputs; i += 4) {
    for (std::uint32_t j = 0; j < 4; ++j) lane[j] += weight[i + j] * d.input[i + j];
  }
  return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

MGT_MULTIVERSION void StreamMemory::judge(const float (&logits)[kLanes], std::uint32_t n, Decision* decisions,
                                          float (&hits)[kLanes]) const noexcept {
  const State& s = state();
  float mixed[kLanes], part[kLanes];
  std::int32_t cell[kLanes], low[kLanes] = {}, high[kLanes] = {};
  squash_4(logits, mixed);
  place_4(logits, cell, part);
  for (std::uint32_t i = 0; i < n; ++i) {
    Decision& d = decisions[i];
    d.mixed = mixed[i];
    d.refine_cell = static_cast<std::uint32_t>(cell[i]) + (part[i] > 0.5f);
    const std::uint16_t* first = s.refine_byte[d.byte_set] + cell[i];
    const std::uint16_t* second = s.refine_pair[d.refined_pair] + cell[i];
    low[i] = first[0] + second[0];
    high[i] = first[1] + second[1];
  }
  for (std::uint32_t i = 0; i < kLanes; ++i) {
    const float refined =
        (static_cast<float>(low[i]) * (1.0f - part[i]) + static_cast<float>(high[i]) * part[i]) * (1.0f / 65536);
    hits[i] = mixed[i] * 0.5f + refined * 0.25f;
  }
  clamp_all(hits, 0.0005f, 0.9998f);
}

MGT_MULTIVERSION void StreamMemory::decide(const Cursor& at, const ContextSlot* const (&slots)[kContexts],
                                           Decided& decided, MemoryPrediction& out) const noexcept {
  const State& s = state();
  Question q;
  q.gather(at, slots, history(), out);
  CandidatePool& pool = q.pool;
  pool.rank_all();
  const std::uint32_t most = pool.size < kCandidates ? pool.size : kCandidates;
  float rest = 1;
  float given[kCandidates];
  std::uint32_t n = 0;
  // The first one mostly settles it. The others are asked about some at a time, so that squashing and refining are
  // vector loops; what is asked beyond the end of deciding leaves no trace.
  for (std::uint32_t first = 0, n_asked = 1; first < most && rest > kEnough; first += n_asked, n_asked = kLanes) {
    n_asked = std::min(n_asked, most - first);
    Decision* d = decided.decision + first;
    std::uint32_t taken[kLanes];
    float logits[kLanes] = {}, hits[kLanes];
    for (std::uint32_t i = 0; i < n_asked; ++i) {
      taken[i] = pool.take();
      logits[i] = ask(q, taken[i], first + i, d[i]);
    }
    judge(logits, n_asked, d, hits);
    for (std::uint32_t i = 0; i < n_asked && rest > kEnough; ++i) {
      given[n++] = rest * hits[i];
      rest -= rest * hits[i];
      pool.candidate[taken[i]].score = -1;
    }
  }
  decided.n_decisions = n;

  decided.share_bucket = kNone;
  if (rest < kNegligible) {
    float excluded = 0;
    for (std::uint32_t r = 0; r < n; ++r) excluded += s.order0_share[decided.decision[r].symbol];
    // Where little is left, the difference of two sums would be mostly their rounding.
    const float open = excluded < 0.95f ? 1.0f - excluded : open_share(s.order0_share, decided);
    spread_roughly(s.order0_share, pool, open, rest, out.probabilities);
  } else {
    q.spread_by_counts(s, rest, decided, out.probabilities);
  }
  std::uint32_t top = 0;
  for (std::uint32_t r = 0; r < n; ++r) {
    out.probabilities[decided.decision[r].symbol] = given[r];
    const bool is_lower = decided.decision[r].symbol < decided.decision[top].symbol;
    top = given[r] > given[top] || (given[r] == given[top] && is_lower) ? r : top;
  }
  const bool is_listed = n != 0 && given[top] > rest;
  out.predicted = is_listed ? decided.decision[top].symbol : static_cast<std::uint8_t>(find_top(out.probabilities));
  out.confidence = out.probabilities[out.predicted];
}

}  // namespace mgt::memory
