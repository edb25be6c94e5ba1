// As much of protobuf's wire format as an ONNX file needs: varints, 32-bit floats, strings and nested messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace mgt::onnx {

/// A message in the making: fields in the order in which they are added. Field numbers are those of onnx.proto.
class Message {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    put_tag(field, kVarint);
    put_varint(static_cast<std::uint64_t>(value));
  }

  void number(std::uint32_t field, float value) {
    put_tag(field, kFixed32);
    append(std::as_bytes(std::span(&value, 1)));
  }

  void bytes(std::uint32_t field, std::span<const std::byte> value) {
    put_tag(field, kLengthDelimited);
    put_varint(value.size());
    append(value);
  }

  void text(std::uint32_t field, std::string_view value) { bytes(field, std::as_bytes(std::span(value))); }
  void message(std::uint32_t field, const Message& value) { bytes(field, value.data_); }

  const std::vector<std::byte>& data() const noexcept { return data_; }

 private:
  static constexpr std::uint32_t kVarint = 0;
  static constexpr std::uint32_t kLengthDelimited = 2;
  static constexpr std::uint32_t kFixed32 = 5;

  void put_tag(std::uint32_t field, std::uint32_t wire_type) { put_varint(field << 3 | wire_type); }

  void put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) data_.push_back(static_cast<std::byte>(value | 0x80));
    data_.push_back(static_cast<std::byte>(value));
  }

  void append(std::span<const std::byte> value) {
    if (value.empty()) return;
    const std::size_t at = data_.size();
    data_.resize(at + value.size());
    std::memcpy(data_.data() + at, value.data(), value.size());
  }

  std::vector<std::byte> data_;
};

}  // namespace mgt::onnx
