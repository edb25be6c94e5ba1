// A read position in untrusted bytes: every read is checked, every failure names the field and both numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "mgt/error.hpp"
#include "model/gguf_format.hpp"

namespace mgt::gguf {

/// Arguments for a "%.*s" conversion.
#define MGT_PRINT_VIEW(view) static_cast<int>((view).size()), (view).data()

using ull = unsigned long long;

class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  std::uint64_t offset() const noexcept { return offset_; }
  std::uint64_t left() const noexcept { return bytes_.size() - offset_; }

  /// `count` bytes; truncated, naming `field`, where fewer are left.
  Expected<std::span<const std::byte>> take(std::uint64_t count, const char* field) noexcept {
    if (count > left()) {
      return fail(Errc::truncated, "%s needs %llu bytes at offset %llu, the file has %llu", field, ull{count},
                  ull{offset_}, ull{bytes_.size()});
    }
    const auto taken = bytes_.subspan(static_cast<std::size_t>(offset_), static_cast<std::size_t>(count));
    offset_ += count;
    return taken;
  }

  template <class T>
  Expected<T> number(const char* field) noexcept {
    const auto bytes = take(sizeof(T), field);
    if (!bytes) return std::unexpected(bytes.error());
    T value;
    std::memcpy(&value, bytes->data(), sizeof value);
    return value;
  }

  /// A string with its 64-bit length in front, at most `cap` bytes long.
  Expected<std::string_view> string(std::uint64_t cap, const char* field) noexcept {
    const auto length = number<std::uint64_t>(field);
    if (!length) return std::unexpected(length.error());
    if (*length > cap) {
      return fail(Errc::limit_exceeded, "%s at offset %llu has %llu bytes, the limit is %llu", field, ull{offset_},
                  ull{*length}, ull{cap});
    }
    const auto bytes = take(*length, field);
    if (!bytes) return std::unexpected(bytes.error());
    return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  /// A key or tensor name: 1 to kMaxNameBytes printable ASCII characters, so that it is safe to print and compare.
  Expected<std::string_view> name(const char* field) noexcept {
    const auto text = string(kMaxNameBytes, field);
    if (!text) return text;
    if (text->empty()) return fail(Errc::bad_value, "%s before offset %llu is empty", field, ull{offset_});
    for (const char c : *text) {
      if (c < 0x21 || c > 0x7e) {
        return fail(Errc::bad_value, "%s before offset %llu contains byte %u, printable ASCII is 33 to 126", field,
                    ull{offset_}, static_cast<unsigned>(static_cast<unsigned char>(c)));
      }
    }
    return text;
  }

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t offset_ = 0;
};

}  // namespace mgt::gguf
