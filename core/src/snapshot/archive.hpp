// Fields on their way into a snapshot, or out of one that an adversary may have written. One function of each part
// lists its fields for both ways, so that they cannot differ.
#pragma once

#include <bit>
#include <concepts>
#include <optional>
#include <span>

#include "hash.hpp"
#include "mgt/error.hpp"
#include "snapshot/format.hpp"

namespace mgt::snapshot {

/// The types of fields.
enum class Type : std::uint8_t { u8, u16, u32, u64, i16, i32, f32, f64 };
template <class T>
inline constexpr Type kTypeOf = [] {
  if constexpr (std::same_as<T, std::uint8_t> || std::same_as<T, char>) return Type::u8;
  if constexpr (std::same_as<T, std::uint16_t>) return Type::u16;
  if constexpr (std::same_as<T, std::uint32_t>) return Type::u32;
  if constexpr (std::same_as<T, std::uint64_t>) return Type::u64;
  if constexpr (std::same_as<T, std::int16_t>) return Type::i16;
  if constexpr (std::same_as<T, std::int32_t>) return Type::i32;
  if constexpr (std::same_as<T, float>) return Type::f32;
  if constexpr (std::same_as<T, double>) return Type::f64;
}();

/// What an archive does with the fields that it is shown.
enum class Pass : std::uint8_t {
  count,  ///< adds up their bytes
  write,  ///< writes them
  check,  ///< sees that each is there and in its range; touches nothing
  apply,  ///< reads them, after a check of the same bytes
};

/// The first field that is missing or out of range is kept as the error; from then on every field that steers reads as
/// the least that it may be, so that no one needs a test of its own.
class Archive {
 public:
  Archive() = default;  ///< counts
  static Archive writing(std::span<std::byte> out) noexcept { return {out.data(), nullptr, out.size(), Pass::write}; }
  /// pass  check or apply
  static Archive reading(std::span<const std::byte> in, Pass pass) noexcept {
    return {nullptr, in.data(), in.size(), pass};
  }

  /// Bytes passed so far; counts on where they have no room.
  std::size_t size() const noexcept { return at_; }
  std::size_t left() const noexcept { return end_ - at_; }
  /// Whether fields receive what is read.
  bool applies() const noexcept { return pass_ == Pass::apply; }
  const std::optional<Error>& error() const noexcept { return error_; }

  template <class T>
  void field(const char* name, T& value, Range<T> allowed = {}) noexcept {
    transfer(name, &value, sizeof value, kTypeOf<T>, least_of(allowed), most_of(allowed));
  }
  /// A number that what follows depends on: `value` where it is written, and else what is read.
  template <class T>
  [[nodiscard]] T steering(const char* name, T value, Range<T> allowed = {}) noexcept {
    const bool good = steer(name, &value, sizeof value, kTypeOf<T>, least_of(allowed), most_of(allowed));
    return good ? value : allowed.least;
  }
  [[nodiscard]] bool steering(const char* name, bool value) noexcept {
    return steering<std::uint8_t>(name, value ? 1 : 0, {0, 1}) != 0;
  }

  template <class T>
  void numbers(const char* name, std::span<T> values, Range<T> allowed = {}) noexcept {
    transfer(name, values.data(), values.size_bytes(), kTypeOf<T>, least_of(allowed), most_of(allowed));
  }
  template <class T, std::size_t n>
  void numbers(const char* name, T (&values)[n], Range<T> allowed = {}) noexcept {
    numbers(name, std::span<T>(values), allowed);
  }

  /// A table that is mostly zero, as runs; whole blocks.
  template <class T>
  void sparse(const char* name, std::span<T> table, Range<T> allowed = {}) noexcept {
    transfer_runs(name, table.data(), table.size_bytes(), kTypeOf<T>, least_of(allowed), most_of(allowed));
  }

  /// Reading: `n` bytes as they stand; empty where they are missing.
  std::span<const std::byte> take(const char* name, std::size_t n) noexcept;

 private:
  // Below the templates a field is a name, memory, and a range of 64-bit integers or of floats' bits, each an argument
  // of its own: one loop per type and few bytes per call, which keeps the wasm file small.
  using Limit = std::int64_t;
  template <class T>
  static constexpr Limit limit_of(T value) noexcept {
    if constexpr (std::floating_point<T>) return std::bit_cast<std::int32_t>(static_cast<float>(value));
    return static_cast<Limit>(value);
  }
  /// An integer without a range has none of its type either: all of the 64-bit ones.
  template <class T>
  static constexpr Limit least_of(Range<T> range) noexcept {
    return std::integral<T> && range == Range<T>{} ? std::numeric_limits<Limit>::min() : limit_of(range.least);
  }
  template <class T>
  static constexpr Limit most_of(Range<T> range) noexcept {
    return std::integral<T> && range == Range<T>{} ? std::numeric_limits<Limit>::max() : limit_of(range.most);
  }

  Archive(std::byte* out, const std::byte* in, std::size_t size, Pass pass) noexcept
      : out_(out), in_(in), end_(size), pass_(pass) {}

  bool reads() const noexcept { return pass_ >= Pass::check; }
  void transfer(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept;
  void transfer_runs(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept;
  bool steer(const char* name, void* data, std::size_t n, Type type, Limit least, Limit most) noexcept;
  void put(const void* data, std::size_t n) noexcept;
  void write_runs(std::span<const std::byte> bytes) noexcept;
  bool check(const char* name, std::span<const std::byte> bytes, Type type, Limit least, Limit most) noexcept;
  template <class Load, class Wide>
  bool check_as(const char* name, std::span<const std::byte> bytes, Load load, Wide least, Wide most) noexcept;

  std::byte* out_ = nullptr;
  const std::byte* in_ = nullptr;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  Pass pass_ = Pass::count;
  std::optional<Error> error_;
};

}  // namespace mgt::snapshot
