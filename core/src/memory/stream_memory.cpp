#include "memory/stream_memory.hpp"

#include <array>
#include <cassert>
#include <cstring>

#include "memory/context_table.hpp"
#include "memory/decision.hpp"
#include "memory/match_model.hpp"
#include "memory/recurrences.hpp"
#include "memory/scalar_math.hpp"


#ifndef APMR
#define APMR 0.02f
#endif
#ifndef APMW
#define APMW 0.5f
#endif
#ifndef QUICK
#define QUICK 0.02f
#endif
#ifndef STOP
#define STOP 0.004f
#endif
#ifndef LRC
#define LRC 0.004f
#endif
#ifndef MAPR
#define MAPR 0.003f
#endif
namespace mgt::memory {
namespace {

constexpr std::uint32_t kContexts = 9;
constexpr std::uint32_t kMatches = 2;
constexpr std::uint32_t kInputs = 12;  ///< contexts, matches, bias
constexpr std::uint32_t kCandidates = 8;
constexpr std::uint32_t kMaxPool = kContexts * kSlotBytes + kMatches;
constexpr std::uint32_t kPresent = 8 * 6 * 3 * 2;
constexpr std::uint32_t kAbsent = 8 * 6 * 2;
constexpr std::uint32_t kMapSize = kPresent + kAbsent;
constexpr std::uint32_t kMatchMap = 16 * 4 * 2;
constexpr std::uint32_t kGateA = 4 * 24;
constexpr std::uint32_t kGateB = 4 * 10;
constexpr std::uint32_t kGateC = 2 * 256;
constexpr std::uint32_t kNoInput = 0xFFFF;
constexpr std::uint32_t kMinLength[kMatches] = {20, 6};
constexpr float kContextPrior[kContexts] = {0.3f, 0.6f, 1.0f, 1.5f, 2.0f, 3.0f, 2.0f, 1.0f, 2.0f};
constexpr std::uint32_t kMaxFields = 32;
constexpr std::uint32_t kApm = 33;

constexpr std::uint8_t count_class(std::uint32_t c) noexcept {
  return c <= 3 ? static_cast<std::uint8_t>(c - (c > 0)) : c <= 5 ? 3 : c <= 9 ? 4 : c <= 19 ? 5 : c <= 63 ? 6 : 7;
}
constexpr std::uint8_t others_class(std::uint32_t c) noexcept {
  return c == 0 ? 0 : c == 1 ? 1 : c <= 3 ? 2 : c <= 7 ? 3 : c <= 20 ? 4 : 5;
}
constexpr auto kCountClass = [] {
  std::array<std::uint8_t, 256> t{};
  for (std::uint32_t i = 0; i < 256; ++i) t[i] = count_class(i);
  return t;
}();
constexpr auto kOthersClass = [] {
  std::array<std::uint8_t, 32> t{};
  for (std::uint32_t i = 0; i < 32; ++i) t[i] = static_cast<std::uint8_t>(8 * others_class(i));
  return t;
}();
constexpr std::uint32_t length_class(std::uint32_t n) noexcept {
  return n < 16 ? (n < 6 ? 0 : n - 5) : n < 20 ? 11 : n < 24 ? 12 : n < 32 ? 13 : n < 64 ? 14 : 15;
}
constexpr std::uint32_t hash_of(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t h = a * 0x9E3779B1u + b * 0x85EBCA6Bu + 0x27D4EB2Fu;
  h ^= h >> 15;
  h *= 0x2C1B3C6Du;
  h ^= h >> 13;
  return h * 0x297A2D39u;
}

}  // namespace

struct StreamMemory::State {
  std::uint64_t position;
  std::uint64_t recent;  ///< the last 8 bytes, youngest lowest
  std::uint32_t slot[kContexts];
  MatchModel match[kMatches];
  std::uint32_t word, previous_word;
  std::uint32_t line_start;
  std::uint32_t n_fields, n_above;
  std::uint32_t field_start[kMaxFields], above_start[kMaxFields];

  // What predict() leaves for update().
  std::uint32_t pending;
  std::uint32_t n_candidates;
  std::uint8_t candidate[kCandidates];
  std::uint16_t input_index[kCandidates][kInputs];
  alignas(16) float input[kCandidates][kInputs];
  float hit[kCandidates];
  std::uint32_t gate_a[kCandidates], gate_b[kCandidates], gate_c[kCandidates];
  std::uint32_t escape_index;
  std::uint32_t apm_row[kCandidates][2], apm_cell[kCandidates];
  float raw[kCandidates];

  alignas(16) float weight_a[kGateA][kInputs];
  alignas(16) float weight_b[kGateB][kInputs];
  alignas(16) float weight_c[kGateC][kInputs];
  AdaptiveBit map[kContexts][kMapSize];
  AdaptiveBit match_map[kMatches][kMatchMap];
  AdaptiveBit in_order1[16];
  float apm[2][1024][kApm];
  alignas(64) float share0[256];
  std::uint16_t order0[256];
  std::uint16_t order1[256][256];
};

namespace {
std::uint32_t floor_log2(std::size_t n) noexcept {
  std::uint32_t l = 0;
  while (n >>= 1) ++l;
  return l;
}
struct Plan {
  std::size_t history, match_tables, slots, total;
  std::uint32_t match_log2, slot_log2;
};
Plan plan_of(std::size_t state, const MemoryOptions& o) noexcept {
  Plan p{};
  p.history = (state + 63) & ~std::size_t{63};
  p.match_tables = (p.history + o.history_bytes + History::kMirror + 63) & ~std::size_t{63};
  p.match_log2 = floor_log2(o.history_bytes) - 1;
  p.slots = p.match_tables + ((sizeof(std::uint32_t) * kMatches) << p.match_log2);
  p.slot_log2 = floor_log2((o.memory_bytes - p.slots) / sizeof(ContextSlot));
  p.total = p.slots + (sizeof(ContextSlot) << p.slot_log2);
  return p;
}
}  // namespace

bool StreamMemory::valid(const MemoryOptions& o) noexcept {
  const bool power = o.history_bytes != 0 && (o.history_bytes & (o.history_bytes - 1)) == 0;
  return power && o.history_bytes >= 4096 && o.history_bytes <= (1u << 24) && o.memory_bytes >= kMinMemoryBytes &&
         o.history_bytes <= o.memory_bytes / 4 && o.recent_window <= 112;
}
std::size_t StreamMemory::plan_bytes(const MemoryOptions& o) noexcept { return plan_of(sizeof(State), o).total; }

StreamMemory::StreamMemory(std::span<std::byte> storage, const MemoryOptions& options) noexcept
    : storage_(storage), options_(options) {
  reset();
}
#define STATE (*reinterpret_cast<State*>(storage_.data()))

void StreamMemory::reset() noexcept {
  std::memset(storage_.data(), 0, storage_.size());
  State& s = STATE;
  for (auto& row : s.weight_a)
    for (float& w : row) w = 0.3f;
  for (auto& row : s.weight_a) row[kInputs - 1] = 0;
  for (std::uint32_t k = 0; k < kContexts; ++k)
    for (std::uint32_t i = 0; i < kMapSize; ++i) {
      float p = 0.02f;
      if (i < kPresent) {
        const std::uint32_t cc = i % 8, oc = i / 8 % 6;
        const float c[8] = {0.6f, 1.6f, 2.6f, 4, 7, 14, 40, 100}, o[6] = {0, 1, 2.5f, 5, 13, 40};
        p = c[cc] / (c[cc] + o[oc] + 0.5f);
      }
      s.map[k][i].start(p);
    }
  for (auto& m : s.match_map)
    for (std::uint32_t i = 0; i < kMatchMap; ++i) m[i].start(i % 2 ? 0.9f : 0.1f);
  for (float& p : s.share0) p = 1.0f / 256;
  for (auto& b : s.in_order1) b.start(0.5f);
  for (auto& a : s.apm)
    for (auto& row : a)
      for (std::uint32_t i = 0; i < kApm; ++i) row[i] = squash((static_cast<float>(i) - 16) * 0.5f);
}

std::uint64_t StreamMemory::position() const noexcept { return STATE.position; }

void StreamMemory::predict(MemoryPrediction& out) noexcept {
  State& s = STATE;
  const Plan plan = plan_of(sizeof(State), options_);
  ContextTable table(reinterpret_cast<ContextSlot*>(storage_.data() + plan.slots), plan.slot_log2);
  const History history{reinterpret_cast<std::uint8_t*>(storage_.data() + plan.history),
                        static_cast<std::uint32_t>(options_.history_bytes - 1)};

  // Pool of candidates with a rough score, and where each stands in each context.
  std::uint8_t pool_symbol[kMaxPool];
  float pool_score[kMaxPool];
  std::uint8_t pool_count[kMaxPool][kContexts];
  std::uint8_t pool_rank[kMaxPool][kContexts];
  std::uint8_t pool_of[256];
  std::memset(pool_of, 0xFF, sizeof pool_of);
  std::uint32_t n_pool = 0;
  const auto add = [&](std::uint8_t symbol) {
    if (pool_of[symbol] == 0xFF) {
      pool_of[symbol] = static_cast<std::uint8_t>(n_pool);
      pool_symbol[n_pool] = symbol;
      pool_score[n_pool] = 0;
      std::memset(pool_count[n_pool], 0, kContexts);
      ++n_pool;
    }
    return static_cast<std::uint32_t>(pool_of[symbol]);
  };
  std::uint32_t total[kContexts], distinct[kContexts], known = 0;
  for (std::uint32_t k = 0; k < kContexts; ++k) {
    const ContextSlot& slot = table[s.slot[k]];
    std::uint32_t sum = 0, n = 0;
    while (n < kSlotBytes && slot.count[n] != 0) sum += slot.count[n++];
    total[k] = sum, distinct[k] = n;
    if (n == 0) continue;
    ++known;
    const float scale = kContextPrior[k] / (static_cast<float>(sum) + 0.4f);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t c = add(slot.symbol[i]);
      pool_score[c] += scale * slot.count[i];
      pool_count[c][k] = slot.count[i];
      pool_rank[c][k] = static_cast<std::uint8_t>(i < 2 ? i : 2);
    }
  }
  std::uint8_t expected[kMatches] = {};
  std::uint32_t match_class[kMatches] = {};
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    if (s.match[m].length == 0) continue;
    expected[m] = s.match[m].expected(history);
    const std::uint32_t miss = s.match[m].misses;
    const std::uint32_t recent_misses = (miss & 1) + ((miss >> 1) & 1) + ((miss & 0xFC) != 0);
    match_class[m] = (length_class(s.match[m].length) * 4 + recent_misses) * 2;
    pool_score[add(expected[m])] += 1.0f + 0.2f * static_cast<float>(length_class(s.match[m].length));
  }

  // Ranked decisions.
  const std::uint32_t most = n_pool < kCandidates ? n_pool : kCandidates;
  std::uint32_t n_candidates = 0;
  float rest = 1;
  float given[kCandidates];
  const std::uint32_t longest = s.match[0].length > s.match[1].length ? s.match[0].length : s.match[1].length;
  const std::uint32_t longest_class = longest == 0 ? 0 : length_class(longest) / 2;
  bool matched[kMatches];
  for (std::uint32_t m = 0; m < kMatches; ++m) matched[m] = s.match[m].length != 0;
  const std::uint8_t c1 = static_cast<std::uint8_t>(s.recent);
  for (std::uint32_t r = 0; r < most && rest > STOP; ++r) {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < n_pool; ++i) best = pool_score[i] > pool_score[best] ? i : best;
    pool_score[best] = -pool_score[best] - 1;
    const std::uint8_t symbol = pool_symbol[best];
    s.candidate[r] = symbol;
    for (std::uint32_t k = 0; k < kContexts; ++k) {
      const std::uint32_t count = pool_count[best][k];
      std::uint32_t index = kNoInput;
      if (distinct[k] != 0) {
        if (count != 0) {
          total[k] -= count;
          index = kCountClass[count] + kOthersClass[total[k] < 31 ? total[k] : 31] + 48 * (pool_rank[best][k] + 3 * (r != 0));
        } else {
          index = kPresent + (distinct[k] - 1) + kOthersClass[total[k] < 31 ? total[k] : 31] + 48 * (r != 0);
        }
      }
      s.input_index[r][k] = static_cast<std::uint16_t>(index);
      s.input[r][k] = index == kNoInput ? 0.0f : s.map[k][index].logit;
    }
    std::uint32_t agreement = 0;
    for (std::uint32_t m = 0; m < kMatches; ++m) {
      std::uint32_t index = kNoInput;
      if (matched[m]) {
        const bool agrees = expected[m] == symbol;
        index = match_class[m] + agrees;
        agreement = agrees ? 2 : agreement == 0 ? 1 : agreement;
        if (agrees) matched[m] = false;
      }
      s.input_index[r][kContexts + m] = static_cast<std::uint16_t>(index);
      s.input[r][kContexts + m] = index == kNoInput ? 0.0f : s.match_map[m][index].logit;
    }
    s.input[r][kInputs - 1] = 0.3f;
    const std::uint32_t rank = r < 3 ? r : 3;
    s.gate_a[r] = rank * 24 + agreement * 8 + longest_class;
    s.gate_b[r] = rank * 10 + known;
    s.gate_c[r] = (r != 0) * 256u + c1;
    const float* a = s.weight_a[s.gate_a[r]];
    const float* b = s.weight_b[s.gate_b[r]];
    const float* c = s.weight_c[s.gate_c[r]];
    float lane[4] = {};
    for (std::uint32_t i = 0; i < kInputs; i += 4)
      for (std::uint32_t j = 0; j < 4; ++j) lane[j] += (a[i + j] + b[i + j] + c[i + j]) * s.input[r][i + j];
    float logit = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    float hit = squash(logit);
    s.raw[r] = hit;
#ifndef NOAPM
    {
    logit = logit < -7.9f ? -7.9f : logit > 7.9f ? 7.9f : logit;
    const float place = (logit + 8.0f) * 2.0f;
    const std::uint32_t cell = static_cast<std::uint32_t>(place);
    const float part = place - static_cast<float>(cell);
    s.apm_cell[r] = cell + (part > 0.5f);
    s.apm_row[r][0] = (r != 0) * 256u + c1;
    s.apm_row[r][1] = (hash_of(static_cast<std::uint32_t>(s.recent & 0xFFFF), r == 0 ? symbol : symbol + 256) >> 22);
    const float* a0 = s.apm[0][s.apm_row[r][0]] + cell;
    const float* a1 = s.apm[1][s.apm_row[r][1]] + cell;
    const float refined = (a0[0] + a1[0]) * (1.0f - part) + (a0[1] + a1[1]) * part;
    hit = hit * (1-APMW) + refined * (APMW/2);
    }
#endif
    hit = hit < 0.0005f ? 0.0005f : hit;
    hit = hit > 0.9998f ? 0.9998f : hit;
    s.hit[r] = hit;
    given[r] = rest * hit;
    rest -= given[r];
    ++n_candidates;
  }
  s.n_candidates = n_candidates;

  s.escape_index = kNoInput;
  if (rest < QUICK) {
    // So little is left that its shape hardly matters: half by the pool's scores, half by the stream's byte counts.
    float pooled = 0, excluded = 0;
    for (std::uint32_t i = 0; i < n_pool; ++i) pooled += pool_score[i] > 0 ? pool_score[i] : 0.0f;
    for (std::uint32_t r = 0; r < n_candidates; ++r) excluded += s.share0[s.candidate[r]];
    const float to_pool = pooled > 0 ? 0.5f * rest / pooled : 0.0f;
    const float to_all = (pooled > 0 ? 0.5f : 1.0f) * rest / (1.0f - excluded);
    for (std::uint32_t i = 0; i < 256; ++i) out.probabilities[i] = s.share0[i] * to_all;
    for (std::uint32_t i = 0; i < n_pool; ++i)
      if (pool_score[i] > 0) out.probabilities[pool_symbol[i]] += pool_score[i] * to_pool;
  } else {
  // What no candidate covers: order-1 and order-0 counts with the candidates excluded.
  alignas(64) float seen[256];
  for (std::uint32_t i = 0; i < 256; ++i) seen[i] = s.order1[c1][i];
  for (std::uint32_t r = 0; r < n_candidates; ++r) seen[s.candidate[r]] = 0;
  for (std::uint32_t i = 0; i < n_pool; ++i) {
    const std::uint8_t symbol = pool_symbol[i];
    if (pool_score[i] > 0) seen[symbol] += 4 * pool_score[i];
  }
  alignas(64) float fresh[256];
  float lane[16] = {}, fresh_lane[16] = {};
  for (std::uint32_t i = 0; i < 256; i += 16)
    for (std::uint32_t j = 0; j < 16; ++j) {
      const float f = static_cast<float>(s.order0[i + j]) + 0.05f;
      fresh[i + j] = seen[i + j] > 0 ? 0.0f : f;
      lane[j] += seen[i + j];
    }
  for (std::uint32_t r = 0; r < n_candidates; ++r) fresh[s.candidate[r]] = 0;
  for (std::uint32_t i = 0; i < 256; i += 16)
    for (std::uint32_t j = 0; j < 16; ++j) fresh_lane[j] += fresh[i + j];
  float sum_seen = 0, sum_fresh = 0;
  for (std::uint32_t j = 0; j < 16; ++j) sum_seen += lane[j], sum_fresh += fresh_lane[j];
  s.escape_index = 0;
  for (float n = sum_seen; n >= 1 && s.escape_index < 15; n *= 0.5f) ++s.escape_index;
  const float share = sum_seen > 0 ? s.in_order1[s.escape_index].probability : 0.0f;
  const float to_seen = sum_seen > 0 ? rest * share / sum_seen : 0.0f;
  const float to_fresh = rest * (1 - share) / sum_fresh;
  for (std::uint32_t i = 0; i < 256; ++i) out.probabilities[i] = seen[i] * to_seen + fresh[i] * to_fresh;
  }
  for (std::uint32_t r = 0; r < n_candidates; ++r) out.probabilities[s.candidate[r]] = given[r];
  float best = 0;
  std::uint32_t top = 0;
  for (std::uint32_t r = 0; r < n_candidates; ++r)
    if (given[r] > best) best = given[r], top = s.candidate[r];
  if (best < rest) {
    float high[16] = {};
    for (std::uint32_t i = 0; i < 256; i += 16)
      for (std::uint32_t j = 0; j < 16; ++j) high[j] = out.probabilities[i + j] > high[j] ? out.probabilities[i + j] : high[j];
    for (std::uint32_t j = 0; j < 16; ++j) best = high[j] > best ? high[j] : best;
    top = 0;
    while (out.probabilities[top] < best) ++top;
  }
  out.predicted = static_cast<std::uint8_t>(top);
  out.confidence = best;
  out.match_length = longest;
  out.match_byte = expected[s.match[0].length >= s.match[1].length ? 0 : 1];
  out.order = static_cast<std::uint8_t>(known);
  find_recurrences(history, static_cast<std::uint32_t>(s.position), options_.recent_window, out);
  s.pending = 1;
}

void StreamMemory::update(std::uint8_t byte) noexcept {
  State& s = STATE;
  const Plan plan = plan_of(sizeof(State), options_);
  ContextTable table(reinterpret_cast<ContextSlot*>(storage_.data() + plan.slots), plan.slot_log2);
  History history{reinterpret_cast<std::uint8_t*>(storage_.data() + plan.history),
                        static_cast<std::uint32_t>(options_.history_bytes - 1)};
  const std::uint8_t c1 = static_cast<std::uint8_t>(s.recent);
  bool hit = false;
  if (s.pending) {
    const float speed = LRC + 0.02f * 512.0f / (512.0f + static_cast<float>(s.position < 1000000 ? s.position : 1000000));
    for (std::uint32_t r = 0; r < s.n_candidates && !hit; ++r) {
      hit = s.candidate[r] == byte;
      const float bit = hit ? 1.0f : 0.0f;
      const float step = (bit - s.raw[r]) * speed;
      float* a = s.weight_a[s.gate_a[r]];
      float* b = s.weight_b[s.gate_b[r]];
      float* c = s.weight_c[s.gate_c[r]];
      for (std::uint32_t i = 0; i < kInputs; ++i) {
        const float delta = step * s.input[r][i];
        a[i] += delta, b[i] += delta, c[i] += delta;
      }
#ifndef NOAPM
      for (std::uint32_t j = 0; j < 2; ++j) {
        float& cell = s.apm[j][s.apm_row[r][j]][s.apm_cell[r]];
        cell += (bit - cell) * APMR;
      }
#endif
      for (std::uint32_t k = 0; k < kContexts; ++k)
        if (s.input_index[r][k] != kNoInput) s.map[k][s.input_index[r][k]].learn(bit, MAPR);
      for (std::uint32_t m = 0; m < kMatches; ++m)
        if (s.input_index[r][kContexts + m] != kNoInput) s.match_map[m][s.input_index[r][kContexts + m]].learn(bit, MAPR);
    }
    if (!hit && s.escape_index != kNoInput) s.in_order1[s.escape_index].learn(s.order1[c1][byte] != 0 ? 1.0f : 0.0f, 0.02f);
    s.pending = 0;
  }
  if (++s.order1[c1][byte] == 1000)
    for (auto& c : s.order1[c1]) c = static_cast<std::uint16_t>((c + 1) / 2);
  if (!hit || true)
  if (++s.order0[byte] == 4000)
    for (auto& c : s.order0) c = static_cast<std::uint16_t>((c + 1) / 2);

  if ((s.position & 63) == 0) {
    float sum = 0;
    for (const std::uint16_t c : s.order0) sum += static_cast<float>(c);
    const float scale = 1.0f / (sum + 256 * 0.05f);
    for (std::uint32_t i = 0; i < 256; ++i) s.share0[i] = (static_cast<float>(s.order0[i]) + 0.05f) * scale;
  }
  for (std::uint32_t k = 0; k < kContexts; ++k) table[s.slot[k]].record(byte);

  const std::uint32_t at = static_cast<std::uint32_t>(s.position);
  history.put(at, byte);
  s.recent = s.recent << 8 | byte;
  const std::uint32_t next = at + 1;
  s.position = s.position + 1;

  // Words, lines and fields.
  const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                      byte == '_' || byte >= 128;
  if (letter) {
    s.word = (s.word + byte + 1) * 0x2F0B4C47u;
  } else if (s.word != 0) {
    s.previous_word = s.word;
    s.word = 0;
  }
  if (byte == '\n') {
    std::memcpy(s.above_start, s.field_start, sizeof s.field_start);
    s.n_above = s.n_fields;
    s.n_fields = 1;
    s.field_start[0] = next;
    s.line_start = next;
  } else if (byte == ' ' && s.n_fields < kMaxFields) {
    s.field_start[s.n_fields] = next;
    ++s.n_fields;
  }
  std::uint32_t above = 256;
  const std::uint32_t field = s.n_fields == 0 ? 0 : s.n_fields - 1;
  if (s.n_fields != 0 && field < s.n_above) above = history.at(s.above_start[field] + (next - s.field_start[field]));

  const std::uint32_t r4 = static_cast<std::uint32_t>(s.recent);
  const std::uint32_t r8 = static_cast<std::uint32_t>(s.recent >> 32);
  std::uint32_t h[kContexts];
  h[0] = hash_of(r4 & 0xFF, 1);
  h[1] = hash_of(r4 & 0xFFFF, 2);
  h[2] = hash_of(r4 & 0xFFFFFF, 3);
  h[3] = hash_of(r4, 4);
  h[4] = hash_of(hash_of(r4, r8 & 0xFF), 5);
  h[5] = hash_of(hash_of(r4, r8 & 0xFFFF), 6);
  h[6] = hash_of(hash_of(s.word, byte), 7);
  h[7] = hash_of(above * 256 + byte, 8 + 64 * field);
  h[8] = hash_of(hash_of(s.word, s.previous_word), 9 + (letter ? 0 : byte * 16));
  for (std::uint32_t k = 0; k < kContexts; ++k) table.prefetch(h[k]);

  auto* tables = reinterpret_cast<std::uint32_t*>(storage_.data() + plan.match_tables);
  std::uint32_t key[kMatches];
  key[1] = hash_of(hash_of(r4, r8 & 0xFFFF), 77) >> (32 - plan.match_log2);
  {
    std::uint32_t long_hash = 0;
    if (next >= kMinLength[0])
      for (std::uint32_t i = 0; i < kMinLength[0]; ++i) long_hash = (long_hash + history.at(next - 1 - i) + 1) * 0x9E3779B1u, long_hash ^= long_hash >> 15;
    key[0] = long_hash >> (32 - plan.match_log2);
  }
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    s.match[m].advance(history, at, kMaxMatch);
    std::uint32_t& entry = tables[(m << plan.match_log2) + key[m]];
    if (s.match[m].length < kMinLength[0]) s.match[m].consider(history, next, entry, kMinLength[m]);
    entry = next;
  }
  for (std::uint32_t k = 0; k < kContexts; ++k) s.slot[k] = table.find(h[k]);
}

}  // namespace mgt::memory
