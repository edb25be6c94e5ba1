// Learning from the byte that came, and looking up what its arrival brings to mind.
#include <cstring>

#include "memory/memory_state.hpp"

namespace mgt::memory {
namespace {

constexpr float kSettledRate = 0.004f;  // of the mixing weights; higher at the start of a stream
constexpr float kEarlyRate = 0.02f;
constexpr float kEarlyBytes = 512.0f;
constexpr float kSituationRate = 0.003f;
constexpr float kShareRate = 0.02f;
constexpr std::int32_t kRefineRate = 5;  // in 256
constexpr std::uint32_t kRollingFactor = 0x2F0B4C47u;

constexpr std::uint32_t power(std::uint32_t base, std::uint32_t exponent) noexcept {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

template <class Count>
void count(Count* counts, std::uint8_t byte, Count limit) noexcept {
  if (++counts[byte] < limit) return;
  for (std::uint32_t i = 0; i < 256; ++i) counts[i] = static_cast<Count>((counts[i] + 1) / 2);
}

bool in_word(std::uint8_t byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' ||
         byte >= 128;
}

}  // namespace

void StreamMemory::update(std::uint8_t byte) noexcept {
  State& s = state();
  ContextTable table(reinterpret_cast<ContextSlot*>(storage_.data() + layout_.slots), layout_.log2_slots);
  History history{reinterpret_cast<std::uint8_t*>(storage_.data() + layout_.history),
                  static_cast<std::uint32_t>(options_.history_bytes - 1)};
  std::uint8_t* order1 = s.order1[s.recent & 0xFF];
  if (s.pending) {
    const bool hit = learn(byte);
    if (!hit && s.share_bucket != kNone) {
      s.order1_share[s.share_bucket].learn(order1[byte] != 0 ? 1.0f : 0.0f, kShareRate);
    }
    s.pending = false;
  }
  count<std::uint8_t>(order1, byte, 255);
  count<std::uint16_t>(s.order0, byte, 4000);
  if ((s.position & 63) == 0) {
    float sum = 0;
    for (const std::uint16_t c : s.order0) sum += static_cast<float>(c) + 0.05f;
    for (std::uint32_t i = 0; i < 256; ++i) s.order0_share[i] = (static_cast<float>(s.order0[i]) + 0.05f) / sum;
  }
  if (s.position != 0) {
    for (std::uint32_t k = 0; k < kContexts; ++k) table[s.slot[k]].record(byte);
  }

  const std::uint32_t at = static_cast<std::uint32_t>(s.position);
  const std::uint32_t leaving = s.position >= kMinLength[0] ? history.at(at - kMinLength[0]) + 1u : 0u;
  history.put(at, byte);
  s.recent = s.recent << 8 | byte;
  s.rolling_hash = s.rolling_hash * kRollingFactor + byte + 1 - leaving * power(kRollingFactor, kMinLength[0]);
  ++s.position;
  find_contexts(byte);
  find_matches();
}

bool StreamMemory::learn(std::uint8_t byte) noexcept {
  State& s = state();
  const float seen = static_cast<float>(s.position < (1u << 20) ? s.position : (1u << 20));
  const float rate = kSettledRate + kEarlyRate * kEarlyBytes / (kEarlyBytes + seen);
  bool hit = false;
  for (std::uint32_t r = 0; r < s.n_decisions && !hit; ++r) {
    const Decision& d = s.decision[r];
    hit = d.symbol == byte;
    const float bit = hit ? 1.0f : 0.0f;
    const float step = (bit - d.mixed) * rate;
    float* a = s.match_weight[d.match_gate];
    float* b = s.known_weight[d.known_gate];
    float* c = s.byte_weight[d.byte_gate];
    for (std::uint32_t i = 0; i < kInputs; ++i) {
      const float delta = step * d.input[i];
      a[i] += delta;
      b[i] += delta;
      c[i] += delta;
    }
    for (std::uint32_t j = 0; j < 2; ++j) {
      std::uint16_t& cell = s.refine[j][d.refine_row[j]][d.refine_cell];
      cell = static_cast<std::uint16_t>(cell + ((hit ? 65535 : 0) - cell) * kRefineRate / 256);
    }
    for (std::uint32_t k = 0; k < kContexts; ++k) {
      if (d.situation[k] != kNone) s.seen[k][d.situation[k]].learn(bit, kSituationRate);
    }
    for (std::uint32_t m = 0; m < kMatches; ++m) {
      const std::uint32_t situation = d.situation[kContexts + m];
      if (situation != kNone) s.matched[m][situation].learn(bit, kSituationRate);
    }
  }
  return hit;
}

void StreamMemory::find_contexts(std::uint8_t byte) noexcept {
  State& s = state();
  ContextTable table(reinterpret_cast<ContextSlot*>(storage_.data() + layout_.slots), layout_.log2_slots);
  const History history{reinterpret_cast<std::uint8_t*>(storage_.data() + layout_.history),
                        static_cast<std::uint32_t>(options_.history_bytes - 1)};
  const std::uint32_t next = static_cast<std::uint32_t>(s.position);
  if (in_word(byte)) {
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
  } else if (byte == ' ' && s.n_fields < kMaxFields) {
    s.field_start[s.n_fields] = next;
    ++s.n_fields;
  }
  // The byte at the same place of the same field one line up: logs and tables repeat there.
  const std::uint32_t field = s.n_fields == 0 ? 0 : s.n_fields - 1;
  std::uint32_t above = 256;
  if (s.n_fields != 0 && field < s.n_above) above = history.at(s.above_start[field] + (next - s.field_start[field]));

  const std::uint32_t last4 = static_cast<std::uint32_t>(s.recent);
  const std::uint32_t before4 = static_cast<std::uint32_t>(s.recent >> 32);
  const std::uint32_t hash[kContexts] = {
      hash_of(last4 & 0xFF, 1),
      hash_of(last4 & 0xFFFF, 2),
      hash_of(last4 & 0xFFFFFF, 3),
      hash_of(last4, 4),
      hash_of(hash_of(last4, before4 & 0xFF), 5),
      hash_of(hash_of(last4, before4 & 0xFFFF), 6),
      hash_of(hash_of(s.word, byte), 7),
      hash_of(above * 256 + byte, 8 + 64 * field),
      hash_of(hash_of(s.word, s.previous_word), 9 + (in_word(byte) ? 0u : byte * 16u)),
  };
  for (const std::uint32_t h : hash) table.prefetch(h);
  for (std::uint32_t k = 0; k < kContexts; ++k) s.slot[k] = table.find(hash[k]);
}

void StreamMemory::find_matches() noexcept {
  State& s = state();
  const History history{reinterpret_cast<std::uint8_t*>(storage_.data() + layout_.history),
                        static_cast<std::uint32_t>(options_.history_bytes - 1)};
  auto* entries = reinterpret_cast<std::uint32_t*>(storage_.data() + layout_.match_tables);
  const std::uint32_t next = static_cast<std::uint32_t>(s.position);
  const std::uint32_t last6 =
      hash_of(hash_of(static_cast<std::uint32_t>(s.recent), static_cast<std::uint32_t>(s.recent >> 32) & 0xFFFF), 77);
  const std::uint32_t key[kMatches] = {hash_of(s.rolling_hash, 78), last6};
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    MatchModel& match = s.match[m];
    match.advance(history, next - 1, kMaxMatch);
    std::uint32_t& entry = entries[(m << layout_.log2_matches) + (key[m] >> (32 - layout_.log2_matches))];
    if (match.length < kMinLength[0]) match.consider(history, next, entry, kMinLength[m]);
    entry = next;
  }
}

}  // namespace mgt::memory
