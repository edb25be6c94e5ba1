#include "snapshot/archive.hpp"

#include <cassert>
#include <cstring>

namespace mgt::snapshot {
namespace {

bool is_zero(const std::byte* block) noexcept {
  std::uint64_t words[2];
  static_assert(sizeof words == kBlockBytes);
  std::memcpy(words, block, sizeof words);
  return (words[0] | words[1]) == 0;
}

/// The first block from `at` on that is not (or is) zero.
std::size_t skip(std::span<const std::byte> bytes, std::size_t at, bool zeros) noexcept {
  while (at < bytes.size() && is_zero(bytes.data() + at) == zeros) at += kBlockBytes;
  return at;
}

}  // namespace

void Archive::put(const void* data, std::size_t n) noexcept {
  if (pass_ == Pass::write && n > 0 && at_ <= end_ && n <= end_ - at_) std::memcpy(out_ + at_, data, n);
  at_ += n;
}

std::span<const std::byte> Archive::take(const char* name, std::size_t n) noexcept {
  if (error_) return {};
  if (n > left()) {
    error_ =
        Error::make(Errc::bad_snapshot, "snapshot ends inside %s: %zu bytes are left, %zu are needed", name, left(), n);
    return {};
  }
  at_ += n;
  return {in_ + at_ - n, n};
}

bool Archive::steer(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept {
  if (!reads()) {
    put(data, n);
    return true;
  }
  const auto read = take(name, n);
  if (error_ || !check(name, read, type, least, most)) return false;
  std::memcpy(data, read.data(), read.size());
  return true;
}

void Archive::transfer(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept {
  if (!reads()) return put(data, n);
  const auto read = take(name, n);
  if (!applies()) {
    check(name, read, type, least, most);
  } else if (!read.empty()) {
    std::memcpy(data, read.data(), read.size());
  }
}

void Archive::write_runs(std::span<const std::byte> bytes) noexcept {
  assert(bytes.size() % kBlockBytes == 0);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t data = skip(bytes, at, true);
    const std::size_t next = skip(bytes, data, false);
    const std::uint32_t run[2] = {static_cast<std::uint32_t>((data - at) / kBlockBytes),
                                  static_cast<std::uint32_t>((next - data) / kBlockBytes)};
    put(run, sizeof run);
    put(bytes.data() + data, next - data);
    at = next;
  }
}

void Archive::transfer_runs(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept {
  auto* target = static_cast<std::byte*>(data);
  if (!reads()) return write_runs({target, n});
  for (std::byte* const end = target + n; target != end;) {
    const auto blocks = static_cast<std::uint32_t>(static_cast<std::size_t>(end - target) / kBlockBytes);
    const auto zeros = steering<std::uint32_t>(name, 0, {0, blocks});
    // A run makes headway: one without zeros has data.
    const auto plain = steering<std::uint32_t>(name, 0, {zeros == 0 ? 1u : 0u, blocks - zeros});
    if (error_) return;
    if (applies()) std::memset(target, 0, zeros * kBlockBytes);
    target += zeros * kBlockBytes;
    transfer(name, target, plain * kBlockBytes, type, least, most);
    target += plain * kBlockBytes;
  }
}

/// load(p) is the number at p. Where the type is that of the memory, the first loop vectorises: it has no way out.
template <class Load, class Wide>
bool Archive::check_as(const char* name, std::span<const std::byte> bytes, Load load, Wide least, Wide most) noexcept {
  bool good = true;
  for (const std::byte* p = bytes.data(); p != bytes.data() + bytes.size(); p += load.width) {
    good &= load(p) >= least && load(p) <= most;
  }
  if (good) return true;
  const std::byte* p = bytes.data();
  while (load(p) >= least && load(p) <= most) p += load.width;
  if constexpr (std::floating_point<Wide>) {
    error_ = Error::make(Errc::bad_snapshot, "%s is %g in the snapshot, allowed are %g to %g", name,
                         static_cast<double>(load(p)), static_cast<double>(least), static_cast<double>(most));
  } else {
    error_ = Error::make(Errc::bad_snapshot, "%s is %lld in the snapshot, allowed are %lld to %lld", name,
                         static_cast<long long>(load(p)), static_cast<long long>(least), static_cast<long long>(most));
  }
  return false;
}

namespace {

template <class T>
struct Plain {
  const std::size_t width = sizeof(T);
  T operator()(const std::byte* p) const noexcept {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
  }
};

/// An integer of any width: those that stand alone or in short tables.
struct Widened {
  explicit Widened(Type type) noexcept
      : width(type == Type::u64                        ? 8
              : type == Type::u16 || type == Type::i16 ? 2
                                                       : 4),
        is_signed(type == Type::i16 || type == Type::i32) {}
  std::size_t width;
  bool is_signed;
  std::int64_t operator()(const std::byte* p) const noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, p, width);
    const auto unused = static_cast<int>(64 - 8 * width);
    return is_signed ? static_cast<std::int64_t>(value << unused) >> unused : static_cast<std::int64_t>(value);
  }
};

float real_of(std::int64_t limit) noexcept {
  return std::bit_cast<float>(static_cast<std::int32_t>(limit));
}

}  // namespace

bool Archive::check(const char* name, std::span<const std::byte> bytes, Type type, Limit least, Limit most) noexcept {
  const bool everything = least == std::numeric_limits<Limit>::min();
  if (everything || applies()) return true;
  switch (type) {
    case Type::f32:
      return check_as(name, bytes, Plain<float>{}, real_of(least), real_of(most));
    case Type::f64:
      return check_as(name, bytes, Plain<double>{}, double{real_of(least)}, double{real_of(most)});
    case Type::u8:
      return check_as(name, bytes, Plain<std::uint8_t>{}, static_cast<std::uint8_t>(least),
                      static_cast<std::uint8_t>(most));
    default:
      return check_as(name, bytes, Widened(type), least, most);
  }
}

}  // namespace mgt::snapshot
