// A witness as one line of JSON, and back: the format of `mgt run --trace`.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "mgt/error.hpp"
#include "mgt/witness.hpp"

namespace mgt {

/// Bytes that hold any trace line, newline excluded.
inline constexpr std::size_t kMaxTraceLine = 1024;

/// Writes one JSON object with every field of the record under its name, in declaration order, without spaces.
///
/// Numbers are decimal, `tier` a number, `decision` and `reason` names, hashes strings of 16 hex digits, floats the
/// shortest decimal that reads back to the same float (null where not finite: the engine makes none).
/// out      kMaxTraceLine bytes always suffice; no newline and no terminating zero are written
/// returns  bytes written; 0 where `out` is too small
/// Cost: about 0.5 us. Allocates nothing.
std::size_t format_trace_line(const Witness& witness, std::span<char> out) noexcept;

/// Reads a line back. Every field must be there exactly once, in any order, with a value of its own range; JSON space
/// between tokens is allowed, any other key or text is not. The seal is not checked (see seal() in witness.hpp).
///
/// errors  bad_trace, with the field's name and what was wrong with it
/// Property: parse_trace_line(format_trace_line(w)) == w, bit for bit, for finite floats.
Expected<Witness> parse_trace_line(std::string_view line) noexcept;

}  // namespace mgt
