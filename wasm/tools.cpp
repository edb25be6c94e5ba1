// What the command line needs beside sessions: a file's description, conversion, another kernel table.
#include <emscripten/bind.h>
#include <emscripten/em_macros.h>

#include <string>

#include "error_slot.hpp"
#include "mgt/convert.hpp"
#include "mgt/inspect.hpp"
#include "mgt/kernels.hpp"
#include "records.hpp"

namespace mgt::wasm {
namespace {

using emscripten::val;

std::span<const std::byte> bytes_at(std::uintptr_t address, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(address), size};
}

/// 64-bit counts as JavaScript numbers, exact to 2^53.
double number(std::uint64_t count) noexcept {
  return static_cast<double>(count);
}

val key_object(const FileKey& key) {
  val object = val::object();
  object.set("name", key.name);
  object.set("type", key.type);
  object.set("value", key.value);
  return object;
}

val tensor_object(const FileTensor& tensor) {
  val shape = val::array();
  for (const std::uint64_t n : tensor.shape) shape.call<void>("push", number(n));
  val object = val::object();
  object.set("name", tensor.name);
  object.set("type", tensor.type);
  object.set("shape", shape);
  object.set("size_bytes", number(tensor.size_bytes));
  object.set("held_as", tensor.held_as);
  return object;
}

/// {version, alignment, parameters, keys, tensors}, or null.
val describe_file(std::uintptr_t file, std::size_t size) {
  const auto description = describe(bytes_at(file, size));
  if (status_of(description) != kOk) return val::null();
  val keys = val::array();
  for (const FileKey& key : description->keys) keys.call<void>("push", key_object(key));
  val tensors = val::array();
  for (const FileTensor& tensor : description->tensors) tensors.call<void>("push", tensor_object(tensor));
  val object = val::object();
  object.set("version", description->version);
  object.set("alignment", description->alignment);
  object.set("parameters", number(description->n_parameters));
  object.set("keys", keys);
  object.set("tensors", tensors);
  return object;
}

/// The converted file as a Uint8Array of its own, or null.
val convert_file(std::uintptr_t file, std::size_t size, int type) {
  const auto converted = convert(bytes_at(file, size), enum_of<WeightType>(type));
  if (status_of(converted) != kOk) return val::null();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(converted->data());
  return val(emscripten::typed_memory_view(converted->size(), bytes)).call<val>("slice");
}

bool choose_arch(const std::string& name) {
  return use_arch(name.c_str());
}

EMSCRIPTEN_BINDINGS(mgt_tools) {
  emscripten::function("describeFile", &describe_file);
  emscripten::function("convertFile", &convert_file);
  emscripten::function("useArch", &choose_arch);
}

}  // namespace
}  // namespace mgt::wasm

extern "C" {

/// Sums 64-bit words on 8 lanes: nothing but loads and as many adds, for `mgt bench` to time what reading costs.
EMSCRIPTEN_KEEPALIVE std::uint64_t mgt_sum_words(const std::uint64_t* words, std::size_t n) {
  std::uint64_t lanes[8] = {};
  for (std::size_t i = 0; i + 8 <= n; i += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += words[i + lane];
  }
  std::uint64_t sum = 0;
  for (const std::uint64_t lane : lanes) sum += lane;
  return sum;
}

}  // extern "C"
