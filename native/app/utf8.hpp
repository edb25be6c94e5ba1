// Bytes as text, the way TextDecoder reads them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mgt::cli {

/// The bytes as valid UTF-8: U+FFFD for every maximal run of bytes that begins a character and does not finish it, and
/// for every byte that cannot begin one (WHATWG Encoding, "UTF-8 decoder").
std::string utf8_text(std::span<const std::uint8_t> bytes);

}  // namespace mgt::cli
