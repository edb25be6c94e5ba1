// A model file's hash of itself: whether what was written is what arrived.
#pragma once

#include <cstddef>
#include <span>

#include "mgt/error.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

/// A string of 16 hex digits: XXH64 of what stands behind them, seeded with XXH64 of what stands before them.
inline constexpr const char* kFileHashKey = "mgt.file_hash";

/// Writes the hash over the 16 characters that the key has; a file without it stays as it is.
/// errors  those of gguf::File::parse; bad_value, bad_type
Expected<void> seal_file(std::span<std::byte> file) noexcept;

/// Compares the key, where the file has it, with the file. The self-test has a tolerance and inputs of its own: most
/// flipped bits pass it.
///
/// bytes   all of the file
/// errors  bad_value, naming both hashes or the length; bad_type
/// Cost: one pass over the file, 4 bytes per cycle.
Expected<void> check_seal(const gguf::File& file, std::span<const std::byte> bytes) noexcept;

}  // namespace mgt::detail
