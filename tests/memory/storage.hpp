// Aligned storage and a stream to predict, for the tests of the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mgt::test {

struct AlignedStorage {
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  explicit AlignedStorage(std::size_t n) : lines(n / 64 + 1), size(n) {}
  std::span<std::byte> bytes() { return {reinterpret_cast<std::byte*>(lines.data()), size}; }
  std::vector<Line> lines;
  std::size_t size;
};

/// A log in the manner of a package manager: repetitive, with numbers and names that cannot be foreseen.
inline std::string sample_log(std::size_t n_lines) {
  std::uint32_t r = 7;
  const auto next = [&](std::uint32_t n) {
    return (r = r * 1664525u + 1013904223u) >> 16 & 0xFFFF ? (r >> 12) % n : 0;
  };
  const char* names[] = {"libssl3", "zlib1g", "perl-base", "coreutils", "libboost-dev", "python3-minimal", "gcc-12"};
  const char* states[] = {"unpacked", "half-configured", "installed", "triggers-pending"};
  std::string out;
  std::uint32_t second = 0;
  for (std::size_t i = 0; i < n_lines; ++i) {
    second += next(3) == 0;
    out += "2026-05-09 07:" + std::to_string(10 + second / 60 % 50) + ":" + std::to_string(10 + second % 50) +
           " status " + states[next(4)] + " " + names[next(7)] + ":amd64 " + std::to_string(next(4)) + ".2." +
           std::to_string(next(30)) + "\n";
  }
  return out;
}

inline std::string noise(std::size_t n) {
  std::uint64_t s = 88172645463325252ull;
  std::string out(n, '\0');
  for (char& c : out) {
    s ^= s << 13;
    s ^= s >> 7;
    s ^= s << 17;
    c = static_cast<char>(s >> 32);
  }
  return out;
}

}  // namespace mgt::test
