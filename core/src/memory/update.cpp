// Learning from the byte that came, and looking up what its arrival brings to mind.
#include "memory/memory_state.hpp"
#include "multiversion.hpp"

namespace mgt::memory {
namespace {

constexpr float kSettledRate = 0.004f;  // of the mixing weights; higher at the start of a stream
constexpr float kEarlyRate = 0.02f;
constexpr float kEarlyBytes = 512.0f;
constexpr float kSituationRate = 0.003f;
constexpr float kShareRate = 0.02f;
constexpr std::int32_t kRefineRate = 5;  // in 256

/// What a decision's inputs came from. They learn together, in vectors.
class Situations {
 public:
  void add(AdaptiveBit& bit) noexcept { bits_[n_++] = &bit; }

  void learn(float bit) noexcept {
    float probability[kInputs], rate[kInputs], logit[kInputs];
    for (std::uint32_t i = 0; i < kInputs; ++i) probability[i] = rate[i] = 0.5f;
    for (std::uint32_t i = 0; i < n_; ++i) {
      probability[i] = bits_[i]->probability;
      rate[i] = bits_[i]->rate;
    }
    for (std::uint32_t i = 0; i < kInputs; ++i) follow(bit, kSituationRate, probability[i], rate[i]);
    for (std::uint32_t i = 0; i < kInputs; ++i) logit[i] = stretch(probability[i]);
    for (std::uint32_t i = 0; i < n_; ++i) *bits_[i] = {probability[i], logit[i], rate[i]};
  }

 private:
  AdaptiveBit* bits_[kInputs];
  std::uint32_t n_ = 0;
};

template <class Count>
void count(Count* counts, std::uint8_t byte, Count limit) noexcept {
  if (++counts[byte] < limit) return;
  for (std::uint32_t i = 0; i < 256; ++i) counts[i] = static_cast<Count>((counts[i] + 1) / 2);
}

}  // namespace

MGT_MULTIVERSION void StreamMemory::update(std::uint8_t byte) noexcept {
  State& s = state();
  ContextTable table = context_table();
  const bool is_first = s.at.position == 0;
  std::uint8_t* order1 = s.order1[s.at.recent & 0xFF];
  // Where the byte leads is fetched while what it teaches is learnt.
  std::uint32_t contexts[kContexts];
  s.at.advance(history(), byte, contexts);
  for (const std::uint32_t hash : contexts) table.prefetch(hash);
  std::uint32_t* entries = match_entries();
  std::uint32_t cells[kMatches];
  s.at.find_cells(layout_.log2_matches, cells);
  for (const std::uint32_t cell : cells) __builtin_prefetch(entries + cell);

  if (s.pending) {
    const bool hit = learn(byte);
    if (!hit && s.decided.share_bucket != kNone) {
      s.order1_share[s.decided.share_bucket].learn(order1[byte] != 0 ? 1.0f : 0.0f, kShareRate);
    }
    s.pending = false;
  }
  count<std::uint8_t>(order1, byte, 255);
  count<std::uint16_t>(s.order0, byte, 4000);
  if ((s.at.position & 63) == 1) {
    float sum = 0;
    for (const std::uint16_t c : s.order0) sum += static_cast<float>(c) + kUnseen;
    for (std::uint32_t i = 0; i < 256; ++i) s.order0_share[i] = (static_cast<float>(s.order0[i]) + kUnseen) / sum;
  }
  if (!is_first) {
    for (std::uint32_t k = 0; k < kContexts; ++k) table[s.slot[k]].record(byte);
  }
  for (std::uint32_t k = 0; k < kContexts; ++k) s.slot[k] = table.find(contexts[k]);

  s.at.follow_matches(history(), entries, cells);
  for (const std::uint32_t cell : cells) entries[cell] = static_cast<std::uint32_t>(s.at.position);
}

MGT_MULTIVERSION bool StreamMemory::learn(std::uint8_t byte) noexcept {
  State& s = state();
  const float seen = static_cast<float>(s.at.position < (1u << 20) ? s.at.position : (1u << 20));
  const float rate = kSettledRate + kEarlyRate * kEarlyBytes / (kEarlyBytes + seen);
  bool hit = false;
  for (std::uint32_t r = 0; r < s.decided.n_decisions && !hit; ++r) {
    const Decision& d = s.decided.decision[r];
    hit = d.symbol == byte;
    const float bit = hit ? 1.0f : 0.0f;
    const float step = (bit - d.mixed) * rate;
    float* a = s.match_weight[d.match_set];
    float* b = s.known_weight[d.known_set];
    float* c = s.byte_weight[d.byte_set];
    float* e = s.place_weight[d.place_set];
    float* f = s.symbol_weight[d.symbol_set];
    for (std::uint32_t i = 0; i < kInputs; ++i) {
      const float delta = step * d.input[i];
      a[i] += delta;
      b[i] += delta;
      c[i] += delta;
      e[i] += delta;
      f[i] += delta;
    }
    for (std::uint16_t* row : {s.refine_byte[d.byte_set], s.refine_pair[d.refined_pair]}) {
      std::uint16_t& cell = row[d.refine_cell];
      cell = static_cast<std::uint16_t>(cell + ((hit ? 65535 : 0) - cell) * kRefineRate / 256);
    }
    Situations situations;
    for (std::uint32_t k = 0; k < kContexts; ++k) {
      if (d.situation[k] != kNone) situations.add(s.seen[k][d.situation[k]]);
    }
    for (std::uint32_t m = 0; m < kMatches; ++m) {
      const std::uint32_t situation = d.situation[kContexts + m];
      if (situation != kNone) situations.add(s.matched[m][situation]);
    }
    situations.learn(bit);
  }
  return hit;
}

}  // namespace mgt::memory
