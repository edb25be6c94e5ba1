#include "model/file_hash.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "hash.hpp"

namespace mgt::detail {
namespace {

constexpr std::size_t kDigits = 16;

/// digits  where they stand in `file`
std::array<char, kDigits> digits_of(std::span<const std::byte> file, std::string_view digits) noexcept {
  const auto at = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(digits.data()) - file.data());
  const std::uint64_t hash = hash64(file.subspan(at + kDigits), hash64(file.first(at)));
  std::array<char, kDigits> text;
  for (std::size_t i = 0; i < kDigits; ++i) text[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
  return text;
}

/// The key's 16 hex digits; what is none is not worded, since it may be anything.
Expected<std::string_view> stored_digits(const gguf::File& file) noexcept {
  const auto stored = file.get_string(kFileHashKey);
  if (!stored) return stored;
  if (stored->size() != kDigits) {
    return fail(Errc::bad_value, "%s has %zu characters, 16 hex digits are needed", kFileHashKey, stored->size());
  }
  const std::size_t other = stored->find_first_not_of("0123456789abcdef");
  if (other != std::string_view::npos) {
    return fail(Errc::bad_value, "%s has no hex digit at index %zu, 16 are needed", kFileHashKey, other);
  }
  return stored;
}

}  // namespace

Expected<void> seal_file(std::span<std::byte> bytes) noexcept {
  const auto file = gguf::File::parse(bytes, gguf::Extent::header_only);
  if (!file) return std::unexpected(file.error());
  if (file->find(kFileHashKey) == nullptr) return {};
  const auto stored = stored_digits(*file);
  if (!stored) return std::unexpected(stored.error());
  const auto digits = digits_of(bytes, *stored);
  const auto at = reinterpret_cast<const std::byte*>(stored->data()) - bytes.data();
  std::memcpy(bytes.data() + at, digits.data(), kDigits);
  return {};
}

Expected<void> check_seal(const gguf::File& file, std::span<const std::byte> bytes) noexcept {
  if (file.find(kFileHashKey) == nullptr) return {};
  const auto stored = stored_digits(file);
  if (!stored) return std::unexpected(stored.error());
  const auto found = digits_of(bytes, *stored);
  if (*stored == std::string_view(found.data(), kDigits)) return {};
  return fail(Errc::bad_value, "%s is %.*s, the file's bytes give %.*s: the file is damaged", kFileHashKey,
              static_cast<int>(stored->size()), stored->data(), static_cast<int>(kDigits), found.data());
}

}  // namespace mgt::detail
