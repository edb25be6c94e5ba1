#include "model/gguf_writer.hpp"

#include <cstring>
#include <utility>

namespace mgt::gguf {
namespace {

void put_bytes(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::size_t at = out.size();
  out.resize(at + bytes.size());
  std::memcpy(out.data() + at, bytes.data(), bytes.size());
}

template <class T>
void put(std::vector<std::byte>& out, T value) {
  put_bytes(out, std::as_bytes(std::span(&value, 1)));
}

void put_string(std::vector<std::byte>& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  put_bytes(out, std::as_bytes(std::span(text)));
}

void pad(std::vector<std::byte>& out, std::uint32_t alignment) {
  out.resize((out.size() + alignment - 1) / alignment * alignment);
}

}  // namespace

void Writer::begin_key(std::string_view key, ValueType type) {
  ++n_keys_;
  put_string(keys_, key);
  put(keys_, type);
}

void Writer::add_u32(std::string_view key, std::uint32_t value) {
  begin_key(key, ValueType::u32);
  put(keys_, value);
}

void Writer::add_f32(std::string_view key, float value) {
  begin_key(key, ValueType::f32);
  put(keys_, value);
}

void Writer::add_string(std::string_view key, std::string_view value) {
  begin_key(key, ValueType::string);
  put_string(keys_, value);
}

void Writer::add_u32_array(std::string_view key, std::span<const std::uint32_t> values) {
  begin_key(key, ValueType::array);
  put(keys_, ValueType::u32);
  put<std::uint64_t>(keys_, values.size());
  put_bytes(keys_, std::as_bytes(values));
}

void Writer::add_f32_array(std::string_view key, std::span<const float> values) {
  begin_key(key, ValueType::array);
  put(keys_, ValueType::f32);
  put<std::uint64_t>(keys_, values.size());
  put_bytes(keys_, std::as_bytes(values));
}

void Writer::add_value(const Value& value) {
  begin_key(value.key, value.type);
  if (value.type == ValueType::array) {
    put(keys_, value.element_type);
    put<std::uint64_t>(keys_, value.count);
  } else if (value.type == ValueType::string) {
    put<std::uint64_t>(keys_, value.bytes.size());
  }
  put_bytes(keys_, value.bytes);
}

void Writer::add_tensor(std::string_view name, TensorType type, std::span<const std::uint64_t> dims,
                        std::vector<std::byte> bytes) {
  tensors_.push_back({std::string(name), type, {dims.begin(), dims.end()}, std::move(bytes)});
}

std::vector<std::byte> Writer::finish(std::uint32_t alignment) const {
  std::vector<std::byte> out;
  put(out, kMagic);
  put(out, kVersion);
  put<std::uint64_t>(out, tensors_.size());
  put<std::uint64_t>(out, n_keys_);
  put_bytes(out, keys_);
  std::uint64_t offset = 0;
  for (const PendingTensor& tensor : tensors_) {
    put_string(out, tensor.name);
    put(out, static_cast<std::uint32_t>(tensor.dims.size()));
    for (const std::uint64_t size : tensor.dims) put(out, size);
    put(out, tensor.type);
    put(out, offset);
    offset = (offset + tensor.bytes.size() + alignment - 1) / alignment * alignment;
  }
  pad(out, alignment);
  out.reserve(out.size() + static_cast<std::size_t>(offset));
  for (const PendingTensor& tensor : tensors_) {
    put_bytes(out, tensor.bytes);
    pad(out, alignment);
  }
  return out;
}

}  // namespace mgt::gguf
