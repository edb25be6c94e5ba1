#include "replay/store.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "storage.hpp"

namespace mgt::replay {
namespace {

/// Layers above the replayed ones whose states are kept: a text that comes back is seldom known much deeper at once.
constexpr std::uint32_t kKeptAbove = 2;
/// The tokens are cheap to keep, and what is used again and again outlives the history's length.
constexpr std::uint32_t kTextPerPosition = 16;
/// Positions without a find after which only states after one layer are kept.
constexpr Position kDormantAfter = 1024;

std::uint32_t receptive_field(const StoreShape& s, std::uint32_t layers) noexcept {
  return layers * (s.window - 1) + 1;
}

TextShape text_shape(const StoreShape& s) noexcept {
  const std::uint32_t longest = receptive_field(s, s.n_layers);
  return {std::bit_ceil(std::max(kTextPerPosition * s.positions, s.recent + s.ahead + longest)), s.ahead, s.recent,
          longest};
}

// Measured on logs, manual pages and source code: most texts need one or two of a position's states again, and answers
// cost so little that twice as many fit.
std::size_t n_states(const StoreShape& s) noexcept {
  if (s.n_layers == 1) return 0;
  return std::size_t{s.positions} * std::clamp(s.n_layers - 1, 2u, 4u) / 2;
}
std::size_t n_answers(const StoreShape& s) noexcept {
  return std::size_t{2} * s.positions;
}

std::size_t state_bytes(const StoreShape& s) noexcept {
  return aligned_size(s.hidden * sizeof(float));
}

std::size_t answer_bytes(const StoreShape& s) noexcept {
  return aligned_size(aligned_size(s.hidden) + sizeof(AnswerScale) + s.signature_words * sizeof(std::uint64_t));
}

}  // namespace

std::size_t Store::plan_bytes(const StoreShape& s) noexcept {
  return aligned_size(sizeof(Context)) + aligned_size(Text::plan_bytes(text_shape(s))) +
         aligned_size(RowTable::plan_bytes(n_states(s), state_bytes(s))) +
         aligned_size(RowTable::plan_bytes(n_answers(s), answer_bytes(s)));
}

std::uint64_t Store::bound_bytes(const StoreShape& s) noexcept {
  return std::uint64_t{n_states(s)} * state_bytes(s) + std::uint64_t{n_answers(s)} * answer_bytes(s) +
         std::uint64_t{kTextPerPosition} * s.positions;
}

Store::Store(std::span<std::byte> storage, const StoreShape& shape) noexcept : shape_(shape) {
  for (std::uint32_t layers = 1; layers <= shape.n_layers; ++layers)
    suffixes_[layers] = make_suffix(receptive_field(shape, layers));
  Carver carver(storage);
  context_ = carver.array<Context>(1);
  text_ = Text(carver.bytes(Text::plan_bytes(text_shape(shape))), text_shape(shape));
  states_ = RowTable(carver.bytes(RowTable::plan_bytes(n_states(shape), state_bytes(shape))), n_states(shape),
                     state_bytes(shape));
  answers_ = RowTable(carver.bytes(RowTable::plan_bytes(n_answers(shape), answer_bytes(shape))), n_answers(shape),
                      answer_bytes(shape));
  reset();
}

void Store::reset() noexcept {
  *context_ = {0, kNone, 0};
  text_.reset();
  states_.reset();
  answers_.reset();
}

void Store::append(Position p, std::uint8_t token, Position context_begin, bool lasting) noexcept {
  text_.append(p, token);
  context_->begin = context_begin;
  context_->passing = lasting ? kNone : std::min(context_->passing, p);
  const std::uint32_t deepest = is_dormant(p) ? 1 : shape_.n_layers;
  for (std::uint32_t layers = 1; layers <= deepest && whole_context(p, layers); ++layers) {
    (layers < shape_.n_layers ? states_ : answers_).prefetch(key(p, layers));
  }
}

bool Store::is_dormant(Position p) const noexcept {
  return shape_.n_layers > 1 && p > context_->found + kDormantAfter;
}

RowKey Store::key(Position p, std::uint32_t layers) const noexcept {
  std::uint64_t hash = text_.hash(p, suffixes_[layers]) + layers;
  hash = (hash ^ (hash >> 32)) * 0xC2B2AE3D27D4EB4Full;
  return {(hash ^ (hash >> 29)) & shape_.hash_mask, layers};
}

RowTable::Row Store::find(const RowTable& table, Position p, std::uint32_t layers) const noexcept {
  if (!whole_context(p, layers)) return {};
  const std::uint32_t length = suffixes_[layers].length;
  return table.find(key(p, layers), [&](Position at) { return text_.same(at, p, length); });
}

RowTable::Row Store::use(const RowTable& table, Position p, std::uint32_t layers) noexcept {
  const RowTable::Row row = find(table, p, layers);
  if (row && is_lasting(p)) {
    row.entry->position = std::max(row.entry->position, p);
    context_->found = std::max(context_->found, p);
  }
  return row;
}

void Store::take_states(cache::LayerCache& cache, Position p, std::uint32_t layers) noexcept {
  cache::Progress& progress = cache.progress(p);
  if (progress.depth > progress.replayed) return;  // what was run on its own ends the row of taken states
  const std::uint32_t deepest = std::min(layers, shape_.n_layers - 1);
  const std::byte* rows[kMaxLayers];
  std::uint32_t n_rows = 0;
  while (progress.depth + n_rows < deepest) {
    const RowTable::Row row = use(states_, p, progress.depth + n_rows + 1u);
    if (!row) break;
    states_.prefetch(row);
    rows[n_rows++] = row.bytes;
  }
  for (std::uint32_t i = 0; i < n_rows; ++i) {
    ++progress.depth;
    std::memcpy(cache.state(p, progress.depth), rows[i], shape_.hidden * sizeof(float));
    ++progress.replayed;
  }
  if (!progress.answer_replayed) layers_taken_ += n_rows;
}

void Store::confirm(cache::LayerCache& cache, Position p) noexcept {
  const cache::Progress& progress = cache.progress(p);
  for (std::uint32_t layers = 1; layers <= progress.replayed; ++layers) use(states_, p, layers);
  for (std::uint32_t layers = progress.replayed + 1u; layers <= progress.depth; ++layers) keep_state(cache, p, layers);
}

bool Store::keeps_state(cache::LayerCache& cache, Position p, std::uint32_t layers) const noexcept {
  const cache::Progress& progress = cache.progress(p);
  const std::uint32_t kept_above = is_dormant(p) ? 1 : kKeptAbove;
  const bool recurs = progress.answer_replayed || layers <= progress.replayed + kept_above;
  return recurs && layers < shape_.n_layers && is_lasting(p) && whole_context(p, layers);
}

void Store::prepare_state(cache::LayerCache& cache, Position p, std::uint32_t layers) const noexcept {
  if (keeps_state(cache, p, layers)) states_.prefetch_victim(key(p, layers));
}

void Store::keep_state(cache::LayerCache& cache, Position p, std::uint32_t layers) noexcept {
  if (!keeps_state(cache, p, layers)) return;
  const RowTable::Row row = states_.place(key(p, layers), p);
  std::memcpy(row.bytes, cache.state(p, layers), shape_.hidden * sizeof(float));
}

bool Store::knows_answer(Position p) const noexcept {
  return !is_dormant(p) && find(answers_, p, shape_.n_layers);
}

bool Store::keeps_answer(Position p) const noexcept {
  return !is_dormant(p) && is_lasting(p) && whole_context(p, shape_.n_layers);
}

std::optional<StoredAnswer> Store::take_answer(cache::LayerCache& cache, Position p) noexcept {
  if (is_dormant(p)) return std::nullopt;
  const RowTable::Row row = use(answers_, p, shape_.n_layers);
  if (!row) return std::nullopt;
  cache::Progress& progress = cache.progress(p);
  if (!progress.answer_replayed) layers_taken_ += shape_.n_layers - progress.depth;
  progress.answer_replayed = true;
  const std::byte* tail = row.bytes + aligned_size(shape_.hidden);
  StoredAnswer answer;
  answer.input.values = reinterpret_cast<const std::uint8_t*>(row.bytes);
  answer.input.scales = reinterpret_cast<const float*>(tail + offsetof(AnswerScale, scale));
  answer.input.zero_points = reinterpret_cast<const std::int32_t*>(tail + offsetof(AnswerScale, zero_point));
  answer.input.stride = aligned_size(shape_.hidden);
  answer.input.n_tokens = 1;
  answer.signature = reinterpret_cast<const std::uint64_t*>(tail + sizeof(AnswerScale));
  return answer;
}

void Store::keep_answer(Position p, const QuantizedRows& input, const std::uint64_t* signature) noexcept {
  if (!keeps_answer(p)) return;
  const RowTable::Row row = answers_.place(key(p, shape_.n_layers), p);
  std::memcpy(row.bytes, input.values, shape_.hidden);
  std::byte* tail = row.bytes + aligned_size(shape_.hidden);
  const AnswerScale scale{input.scales[0], input.zero_points[0]};
  std::memcpy(tail, &scale, sizeof scale);
  std::memcpy(tail + sizeof scale, signature, shape_.signature_words * sizeof(std::uint64_t));
}

}  // namespace mgt::replay
