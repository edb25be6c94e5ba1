#include "app/utf8.hpp"

namespace mgt::cli {
namespace {

/// What must follow a first byte: how many bytes, and the range of the next one, which keeps out overlong forms,
/// surrogates and code points over U+10FFFF.
struct Lead {
  std::size_t following;
  std::uint8_t low;
  std::uint8_t high;
  bool valid;
};

Lead lead_of(std::uint8_t byte) noexcept {
  if (byte < 0x80) return {0, 0, 0, true};
  if (byte >= 0xC2 && byte <= 0xDF) return {1, 0x80, 0xBF, true};
  if (byte == 0xE0) return {2, 0xA0, 0xBF, true};
  if (byte == 0xED) return {2, 0x80, 0x9F, true};
  if (byte >= 0xE1 && byte <= 0xEF) return {2, 0x80, 0xBF, true};
  if (byte == 0xF0) return {3, 0x90, 0xBF, true};
  if (byte >= 0xF1 && byte <= 0xF3) return {3, 0x80, 0xBF, true};
  if (byte == 0xF4) return {3, 0x80, 0x8F, true};
  return {0, 0, 0, false};
}

}  // namespace

std::string utf8_text(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    Lead lead = lead_of(bytes[i]);
    std::size_t length = 1;
    while (lead.following > 0 && i + length < bytes.size() && bytes[i + length] >= lead.low &&
           bytes[i + length] <= lead.high) {
      lead = {lead.following - 1, 0x80, 0xBF, true};
      ++length;
    }
    if (lead.valid && lead.following == 0) {
      text.append(reinterpret_cast<const char*>(&bytes[i]), length);
    } else {
      text += "\xEF\xBF\xBD";
    }
    i += length;
  }
  return text;
}

}  // namespace mgt::cli
