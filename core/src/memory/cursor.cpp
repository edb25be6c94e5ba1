#include "memory/cursor.hpp"

#include <cstring>

#include "memory/stream_memory.hpp"

namespace mgt::memory {
namespace {

constexpr std::uint32_t kRollingFactor = 0x2F0B4C47u;

constexpr std::uint32_t power(std::uint32_t base, std::uint32_t exponent) noexcept {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

bool ends_field(std::uint8_t byte) noexcept {
  return byte == ' ' || byte == ',' || byte == '\t' || byte == ';' || byte == '|';
}

std::uint32_t extended(std::uint32_t hash, std::uint8_t byte) noexcept {
  return (hash + byte + 1) * kRollingFactor;
}

}  // namespace

void Cursor::note_field(std::uint8_t byte) noexcept {
  const std::uint32_t next = static_cast<std::uint32_t>(position);
  const bool ends_line = byte == '\n';
  if (!ends_line && (!ends_field(byte) || n_fields == kMaxFields)) {
    field = extended(field, byte);
    return;
  }
  if (n_fields != 0) field_hash[n_fields - 1] = field;
  field = 0;
  if (ends_line) {
    std::memcpy(above_start, field_start, sizeof field_start);
    std::memcpy(above_hash, field_hash, sizeof field_hash);
    std::memset(field_hash, 0, sizeof field_hash);
    n_above = n_fields;
    n_fields = 0;
  }
  field_start[n_fields++] = next;
}

void Cursor::advance(const History& history, std::uint8_t byte, std::uint32_t (&contexts)[kContexts]) noexcept {
  const std::uint32_t at = static_cast<std::uint32_t>(position);
  const std::uint32_t leaving = position >= kMinLength[0] ? history.at(at - kMinLength[0]) + 1u : 0u;
  history.put(at, byte);
  recent = recent << 8 | byte;
  rolling_hash = rolling_hash * kRollingFactor + byte + 1 - leaving * power(kRollingFactor, kMinLength[0]);
  ++position;
  word = of_word(byte) ? extended(word, byte) : 0;
  note_field(byte);

  // Two bytes at the same place of the same field one line up, and the whole field behind that one: logs and tables
  // repeat there.
  const std::uint32_t next = static_cast<std::uint32_t>(position);
  const std::uint32_t index = field_index();
  std::uint32_t above = 256, after = 0;
  if (n_fields != 0 && index < n_above) {
    const std::uint32_t at_above = above_start[index] + (next - field_start[index]);
    above = history.at(at_above);
    if (at_above + 1 != next) after = history.at(at_above + 1);  // behind an empty line it has not come yet
  }
  const std::uint32_t next_above = index + 1 < kMaxFields ? above_hash[index + 1] : 0;

  const std::uint32_t last4 = static_cast<std::uint32_t>(recent);
  const std::uint32_t before4 = static_cast<std::uint32_t>(recent >> 32);
  const std::uint32_t hashes[kContexts] = {
      hash_of(last4 & 0xFF, 1),
      hash_of(last4 & 0xFFFF, 2),
      hash_of(last4 & 0xFFFFFF, 3),
      hash_of(last4, 4),
      hash_of(hash_of(last4, before4 & 0xFFFF), 6),
      hash_of(hash_of(word, byte), 7),
      hash_of(above * 256 + byte, 8 + 64 * index),
      hash_of(hash_of(above << 16 | (last4 & 0xFFFF), after), 9),
      hash_of(hash_of(field, index), next_above + 10),
  };
  std::memcpy(contexts, hashes, sizeof hashes);
}

void Cursor::find_cells(std::uint32_t log2_entries, std::uint32_t (&cells)[kMatches]) const noexcept {
  const std::uint32_t last6 =
      hash_of(hash_of(static_cast<std::uint32_t>(recent), static_cast<std::uint32_t>(recent >> 32) & 0xFFFF), 77);
  const std::uint32_t key[kMatches] = {hash_of(rolling_hash, 78), last6};
  for (std::uint32_t m = 0; m < kMatches; ++m) cells[m] = (m << log2_entries) + (key[m] >> (32 - log2_entries));
}

void Cursor::follow_matches(const History& history, const std::uint32_t* entries,
                            const std::uint32_t (&cells)[kMatches]) noexcept {
  const std::uint32_t next = static_cast<std::uint32_t>(position);
  for (std::uint32_t m = 0; m < kMatches; ++m) {
    match[m].advance(history, next - 1, kMaxMatch, kMaxMisses[m]);
    if (match[m].length < kMinLength[0]) match[m].consider(history, next, entries[cells[m]], kMinLength[m]);
  }
}

}  // namespace mgt::memory
