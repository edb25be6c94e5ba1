// What the command line needs beside sessions: a file's description, files written anew, another kernel table.
#include <emscripten/em_macros.h>

#include <utility>
#include <vector>

#include "mgt/convert.hpp"
#include "mgt/inspect.hpp"
#include "mgt/kernels.hpp"
#include "model/calibrated_copy.hpp"
#include "new_object.hpp"
#include "records.hpp"

namespace mgt::wasm {
namespace {

/// A description and the records that point into it.
struct DescribedFile {
  FileRecord record{};  ///< first: its address is the object's
  FileDescription description;
  std::vector<KeyRecord> keys{};
  std::vector<TensorRecord> tensors{};
};

KeyRecord key_record(const FileKey& key) noexcept {
  return {.name = key.name.c_str(), .type = key.type.c_str(), .value = key.value.c_str()};
}

TensorRecord tensor_record(const FileTensor& tensor) noexcept {
  return {.name = tensor.name.c_str(),
          .type = tensor.type.c_str(),
          .held_as = tensor.held_as.c_str(),
          .shape = address_of(tensor.shape.data()),
          .n_dims = static_cast<std::uint32_t>(tensor.shape.size()),
          .size_bytes = static_cast<double>(tensor.size_bytes)};
}

void fill_records(DescribedFile& file) noexcept {
  const FileDescription& d = file.description;
  for (const FileKey& key : d.keys) file.keys.push_back(key_record(key));
  for (const FileTensor& tensor : d.tensors) file.tensors.push_back(tensor_record(tensor));
  file.record = {.version = d.version,
                 .alignment = d.alignment,
                 .parameters = static_cast<double>(d.n_parameters),
                 .keys = address_of(file.keys.data()),
                 .n_keys = static_cast<std::uint32_t>(file.keys.size()),
                 .tensors = address_of(file.tensors.data()),
                 .n_tensors = static_cast<std::uint32_t>(file.tensors.size())};
}

using FileBytes = std::vector<std::byte>;

/// The file as an object of its own, or null and the error in its slot.
FileBytes* new_file(Expected<FileBytes> file) noexcept {
  return status_of(file) == kOk ? new_object("rewritten file", *std::move(file)) : nullptr;
}

}  // namespace
}  // namespace mgt::wasm

using mgt::wasm::DescribedFile;
using mgt::wasm::FileBytes;

extern "C" {

/// A FileRecord, to be given back to mgt_free_description; or null.
EMSCRIPTEN_KEEPALIVE DescribedFile* mgt_describe(const std::byte* file, std::size_t size) {
  auto description = mgt::describe({file, size});
  if (mgt::wasm::status_of(description) != mgt::wasm::kOk) return nullptr;
  DescribedFile* object = mgt::wasm::new_object("description", DescribedFile{.description = *std::move(description)});
  if (object) mgt::wasm::fill_records(*object);
  return object;
}

EMSCRIPTEN_KEEPALIVE void mgt_free_description(DescribedFile* description) {
  delete description;
}

/// The converted file, to be given back to mgt_free_rewritten; or null.
EMSCRIPTEN_KEEPALIVE FileBytes* mgt_convert(const std::byte* file, std::size_t size, int type) {
  return mgt::wasm::new_file(mgt::convert({file, size}, mgt::wasm::enum_of<mgt::WeightType>(type)));
}
/// The file with another accepted energy for a policy, to be given back to mgt_free_rewritten; or null.
EMSCRIPTEN_KEEPALIVE FileBytes* mgt_calibrated_copy(const std::byte* file, std::size_t size, int policy,
                                                    float energy_max) {
  return mgt::wasm::new_file(
      mgt::detail::calibrated_copy({file, size}, mgt::wasm::enum_of<mgt::PolicyKind>(policy), energy_max, nullptr));
}
EMSCRIPTEN_KEEPALIVE const std::byte* mgt_rewritten_bytes(const FileBytes* file) {
  return file->data();
}
EMSCRIPTEN_KEEPALIVE std::size_t mgt_rewritten_size(const FileBytes* file) {
  return file->size();
}
EMSCRIPTEN_KEEPALIVE void mgt_free_rewritten(FileBytes* file) {
  delete file;
}

/// False for a name that this build does not have.
EMSCRIPTEN_KEEPALIVE bool mgt_use_arch(const char* name) {
  return mgt::use_arch(name);
}

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
