// The replay store, in a snapshot: its text, and the rows in use, each in its place of the index.
#include <algorithm>

#include "replay/store.hpp"
#include "snapshot/archive.hpp"
#include "storage.hpp"

namespace mgt::replay {
namespace {

constexpr snapshot::Range<std::uint8_t> kSevenBits{0, 127};

template <class T>
std::span<T> at(std::byte* bytes, std::size_t n) noexcept {
  return {reinterpret_cast<T*>(bytes), n};
}
}  // namespace

void Text::transfer(snapshot::Archive& archive, Position end) noexcept {
  const Position begin = end - std::min<Position>(end, shape_.kept - shape_.ahead - 1);
  const std::size_t first = begin & (shape_.kept - 1);
  const auto n = static_cast<std::size_t>(end - begin);
  const std::size_t before_the_wrap = std::min<std::size_t>(n, shape_.kept - first);
  if (!archive.applies()) {
    archive.numbers("replay.text", std::span<std::uint8_t>(tokens_ + first, before_the_wrap));
    archive.numbers("replay.text", std::span<std::uint8_t>(tokens_, n - before_the_wrap));
    return;
  }
  reset();
  Position p = begin;
  for (const std::byte token : archive.take("replay.text", n)) append(p++, std::to_integer<std::uint8_t>(token));
}

template <class TransferRow>
void RowTable::transfer(snapshot::Archive& archive, snapshot::Range<std::uint32_t> layers, Position end,
                        TransferRow&& transfer_row) noexcept {
  for (std::size_t set = 0; set < n_sets_ && !archive.error(); ++set) {
    Entry* entries = entries_ + set * kWays;
    std::uint8_t found = 0;
    for (std::uint32_t way = 0; way < kWays; ++way)
      found |= static_cast<std::uint8_t>((entries[way].layers != 0) << way);
    const auto in_use = archive.steering("replay.in_use", found);
    for (std::uint32_t way = 0; way < kWays; ++way) {
      Entry& entry = entries[way];
      if ((in_use >> way & 1) == 0) {
        if (archive.applies()) entry = {};
        continue;
      }
      archive.field("replay.position", entry.position, {0, end > 0 ? end - 1 : 0});
      archive.field("replay.tag", entry.tag);
      archive.field("replay.layers", entry.layers, layers);
      transfer_row(bytes_of(&entry));
    }
  }
}

void Store::transfer(snapshot::Archive& archive, Position context_begin, Position end) noexcept {
  if (archive.applies()) *context_ = {context_begin, kNone, 0};
  archive.field("replay.found", context_->found, {0, end > 0 ? end - 1 : 0});
  text_.transfer(archive, end);
  const std::uint32_t n = shape_.n_layers;
  states_.transfer(archive, {1, std::max(1u, n - 1)}, end, [&](std::byte* row) {
    archive.numbers("replay.state", at<float>(row, shape_.hidden), snapshot::kStates);
  });
  answers_.transfer(archive, {n, n}, end, [&](std::byte* row) {
    std::byte* tail = row + aligned_size(shape_.hidden);
    auto& scale = *reinterpret_cast<AnswerScale*>(tail);
    archive.numbers("replay.answer", at<std::uint8_t>(row, shape_.hidden), kSevenBits);
    archive.field("replay.scale", scale.scale, {0.0f, snapshot::kStates.most});
    archive.field("replay.zero_point", scale.zero_point, {0, 127});
    archive.numbers("replay.signature", at<std::uint64_t>(tail + sizeof(AnswerScale), shape_.signature_words));
  });
}

}  // namespace mgt::replay
