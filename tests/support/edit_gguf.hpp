// Copies of a GGUF file with one thing changed.
#pragma once

#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"

namespace mgt::test {

using FileBytes = std::vector<std::byte>;

inline gguf::File parse_or_abort(const FileBytes& file) {
  auto parsed = gguf::File::parse(file, gguf::Extent::whole_file);
  if (!parsed) std::abort();
  return *std::move(parsed);
}

/// The file with `key` left out and whatever `add` writes in its place.
inline FileBytes with_key(const FileBytes& file, std::string_view key,
                          const std::function<void(gguf::Writer&)>& add = {}) {
  const gguf::File parsed = parse_or_abort(file);
  gguf::Writer writer;
  for (const auto& value : parsed.values()) {
    if (value.key != key) writer.add_value(value);
  }
  if (add) add(writer);
  for (const auto& t : parsed.tensors()) {
    writer.add_tensor(t.name, t.type, std::span(t.dims).first(t.n_dims), {t.bytes.begin(), t.bytes.end()});
  }
  return writer.finish(parsed.alignment());
}

/// The file with tensor `name` left out, and another one of that name in its place if `dims` is not empty.
inline FileBytes with_tensor(const FileBytes& file, std::string_view name, gguf::TensorType type = {},
                             std::vector<std::uint64_t> dims = {}, FileBytes bytes = {}) {
  const gguf::File parsed = parse_or_abort(file);
  gguf::Writer writer;
  for (const auto& value : parsed.values()) writer.add_value(value);
  for (const auto& t : parsed.tensors()) {
    if (t.name != name) {
      writer.add_tensor(t.name, t.type, std::span(t.dims).first(t.n_dims), {t.bytes.begin(), t.bytes.end()});
    } else if (!dims.empty()) {
      writer.add_tensor(name, type, dims, bytes);
    }
  }
  return writer.finish(parsed.alignment());
}

}  // namespace mgt::test
