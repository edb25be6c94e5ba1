#include "model/gguf_reader.hpp"

#include <algorithm>
#include <numeric>

#include "model/gguf_cursor.hpp"

namespace mgt::gguf {
namespace {

constexpr std::uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;             // length, one character, type, one byte of value
constexpr std::uint64_t kMinTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;  // length, one character, rank, one dim, type, offset

bool known(ValueType type) noexcept {
  return static_cast<std::uint32_t>(type) <= 12;
}

Expected<ValueType> read_type(Cursor& cursor, std::string_view key) noexcept {
  const auto number = cursor.number<std::uint32_t>("value type");
  if (!number) return std::unexpected(number.error());
  if (!known(ValueType{*number})) {
    return fail(Errc::bad_type, "key %.*s has value type %u, known are 0 to 12", MGT_PRINT_VIEW(key), *number);
  }
  return ValueType{*number};
}

/// The bytes of `count` values of a fixed-size type. Booleans must be 0 or 1.
Expected<std::span<const std::byte>> read_numbers(Cursor& cursor, std::string_view key, ValueType type,
                                                  std::uint64_t count) noexcept {
  // count <= kMaxArrayElements and sizes are at most 8: the product cannot overflow.
  const auto bytes = cursor.take(count * value_type_size(type), "value");
  if (bytes && type == ValueType::boolean) {
    for (const std::byte b : *bytes) {
      if (std::to_integer<unsigned>(b) > 1) {
        return fail(Errc::bad_value, "key %.*s holds %u as a boolean, allowed are 0 and 1", MGT_PRINT_VIEW(key),
                    std::to_integer<unsigned>(b));
      }
    }
  }
  return bytes;
}

Expected<void> read_array(Cursor& cursor, std::span<const std::byte> file, Value& value) noexcept {
  const auto element = read_type(cursor, value.key);
  if (!element) return std::unexpected(element.error());
  if (*element == ValueType::array) {
    return fail(Errc::bad_type, "key %.*s is an array of arrays, only one level is read", MGT_PRINT_VIEW(value.key));
  }
  const auto count = cursor.number<std::uint64_t>("array length");
  if (!count) return std::unexpected(count.error());
  if (*count > kMaxArrayElements) {
    return fail(Errc::limit_exceeded, "key %.*s has %llu elements, the limit is %llu", MGT_PRINT_VIEW(value.key),
                ull{*count}, ull{kMaxArrayElements});
  }
  value.element_type = *element;
  value.count = *count;
  if (*element != ValueType::string) {
    const auto bytes = read_numbers(cursor, value.key, *element, *count);
    if (!bytes) return std::unexpected(bytes.error());
    value.bytes = *bytes;
    return {};
  }
  const std::uint64_t start = cursor.offset();
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto text = cursor.string(kMaxStringBytes, "array string");
    if (!text) return std::unexpected(text.error());
  }
  value.bytes = file.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(cursor.offset() - start));
  return {};
}

Expected<Value> read_value(Cursor& cursor, std::span<const std::byte> file) noexcept {
  Value value;
  const auto key = cursor.name("key");
  if (!key) return std::unexpected(key.error());
  value.key = *key;
  const auto type = read_type(cursor, value.key);
  if (!type) return std::unexpected(type.error());
  value.type = value.element_type = *type;
  if (*type == ValueType::array) {
    const auto done = read_array(cursor, file, value);
    if (!done) return std::unexpected(done.error());
  } else if (*type == ValueType::string) {
    const auto text = cursor.string(kMaxStringBytes, "string value");
    if (!text) return std::unexpected(text.error());
    value.bytes = std::as_bytes(std::span(*text));
  } else {
    const auto bytes = read_numbers(cursor, value.key, *type, 1);
    if (!bytes) return std::unexpected(bytes.error());
    value.bytes = *bytes;
  }
  return value;
}

/// Fills dims and checks that their product stays below the cap.
Expected<void> read_dims(Cursor& cursor, Tensor& tensor) noexcept {
  const auto n_dims = cursor.number<std::uint32_t>("tensor rank");
  if (!n_dims) return std::unexpected(n_dims.error());
  if (*n_dims < 1 || *n_dims > kMaxDims) {
    return fail(Errc::bad_shape, "tensor %.*s has %u dimensions, allowed are 1 to %u", MGT_PRINT_VIEW(tensor.name),
                *n_dims, kMaxDims);
  }
  tensor.n_dims = *n_dims;
  std::uint64_t elements = 1;
  for (std::uint32_t d = 0; d < *n_dims; ++d) {
    const auto size = cursor.number<std::uint64_t>("tensor dimension");
    if (!size) return std::unexpected(size.error());
    if (*size == 0) {
      return fail(Errc::bad_shape, "tensor %.*s has dimension %u = 0, at least 1 is needed",
                  MGT_PRINT_VIEW(tensor.name), d);
    }
    if (*size > kMaxTensorElements / elements) {
      return fail(Errc::limit_exceeded, "tensor %.*s has dimension %u = %llu, over %llu elements in all",
                  MGT_PRINT_VIEW(tensor.name), d, ull{*size}, ull{kMaxTensorElements});
    }
    elements *= *size;
    tensor.dims[d] = *size;
  }
  return {};
}

Expected<Tensor> read_tensor(Cursor& cursor, std::uint32_t alignment) noexcept {
  Tensor tensor;
  const auto name = cursor.name("tensor name");
  if (!name) return std::unexpected(name.error());
  tensor.name = *name;
  const auto dims = read_dims(cursor, tensor);
  if (!dims) return std::unexpected(dims.error());
  const auto type = cursor.number<std::uint32_t>("tensor type");
  if (!type) return std::unexpected(type.error());
  tensor.type = TensorType{*type};
  const BlockShape block = block_shape(tensor.type);
  if (block.elements == 0) {
    return fail(Errc::bad_type, "tensor %.*s has type %u, known are 0 (F32), 1 (F16), 2 (Q4_0), 8 (Q8_0)",
                MGT_PRINT_VIEW(tensor.name), *type);
  }
  if (tensor.dims[0] % block.elements != 0) {
    return fail(Errc::bad_shape, "tensor %.*s has %llu columns, %s needs a multiple of %u", MGT_PRINT_VIEW(tensor.name),
                ull{tensor.dims[0]}, tensor_type_name(tensor.type), block.elements);
  }
  tensor.size_bytes = tensor.row_bytes() * tensor.rows();  // at most 2^36 elements of 4 bytes
  const auto offset = cursor.number<std::uint64_t>("tensor offset");
  if (!offset) return std::unexpected(offset.error());
  if (*offset % alignment != 0) {
    return fail(Errc::bad_value, "tensor %.*s starts at offset %llu, not a multiple of the alignment %u",
                MGT_PRINT_VIEW(tensor.name), ull{*offset}, alignment);
  }
  tensor.offset = *offset;
  return tensor;
}

std::string_view name_of(const Value& value) noexcept {
  return value.key;
}
std::string_view name_of(const Tensor& tensor) noexcept {
  return tensor.name;
}

/// An order for searching: shorter names first, which mostly decides without looking at a character.
bool before(std::string_view a, std::string_view b) noexcept {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// The numbers 0 .. size - 1, sorted.
template <class Before>
Expected<Array<std::uint32_t>> sorted_indices(std::size_t size, Before before) noexcept {
  Array<std::uint32_t> order;
  if (!order.allocate(size)) return out_of_memory("index of the file", size * sizeof(std::uint32_t));
  std::iota(order.span().begin(), order.span().end(), 0u);
  // A heap: std::sort costs 2 kB more of every download.
  std::ranges::make_heap(order.span(), before);
  std::ranges::sort_heap(order.span(), before);
  return order;
}

/// Indices in the order of the names; bad_value where a name occurs twice.
template <class T>
Expected<Array<std::uint32_t>> index_by_name(std::span<const T> items, const char* what) noexcept {
  auto sorted = sorted_indices(
      items.size(), [&](std::uint32_t a, std::uint32_t b) { return before(name_of(items[a]), name_of(items[b])); });
  if (!sorted) return sorted;
  const std::span<const std::uint32_t> order = sorted->span();
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (name_of(items[order[i - 1]]) == name_of(items[order[i]])) {
      return fail(Errc::bad_value, "%s %.*s occurs twice (entries %u and %u)", what,
                  MGT_PRINT_VIEW(name_of(items[order[i]])), std::min(order[i - 1], order[i]),
                  std::max(order[i - 1], order[i]));
    }
  }
  return sorted;
}

template <class T>
const T* find_by_name(std::span<const T> items, std::span<const std::uint32_t> order, std::string_view name) noexcept {
  const auto at = std::lower_bound(order.begin(), order.end(), name,
                                   [&](std::uint32_t i, std::string_view n) { return before(name_of(items[i]), n); });
  return at != order.end() && name_of(items[*at]) == name ? &items[*at] : nullptr;
}

/// No two tensors may share a byte: it also bounds what a small file can make the loader allocate.
Expected<void> check_overlap(std::span<const Tensor> tensors) noexcept {
  const auto sorted = sorted_indices(
      tensors.size(), [&](std::uint32_t a, std::uint32_t b) { return tensors[a].offset < tensors[b].offset; });
  if (!sorted) return std::unexpected(sorted.error());
  const std::span<const std::uint32_t> order = sorted->span();
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Tensor& before = tensors[order[i - 1]];
    const Tensor& after = tensors[order[i]];
    if (after.offset - before.offset < before.size_bytes) {
      return fail(Errc::bad_value, "tensor %.*s at offset %llu overlaps %.*s, which has %llu bytes at %llu",
                  MGT_PRINT_VIEW(after.name), ull{after.offset}, MGT_PRINT_VIEW(before.name), ull{before.size_bytes},
                  ull{before.offset});
    }
  }
  return {};
}

/// A count from the file, below its cap.
Expected<std::uint64_t> checked_count(Cursor& cursor, const char* field, std::uint64_t cap) noexcept {
  const auto count = cursor.number<std::uint64_t>(field);
  if (count && *count > cap) {
    return fail(Errc::limit_exceeded, "%s is %llu, the limit is %llu", field, ull{*count}, ull{cap});
  }
  return count;
}

Expected<void> check_room(const Cursor& cursor, const char* what, std::uint64_t count,
                          std::uint64_t min_bytes) noexcept {
  if (count > cursor.left() / min_bytes) {
    return fail(Errc::truncated, "%llu %s need at least %llu bytes, the file has %llu left", ull{count}, what,
                ull{count * min_bytes}, ull{cursor.left()});
  }
  return {};
}

Expected<void> check_magic(Cursor& cursor) noexcept {
  const auto magic = cursor.number<std::uint32_t>("magic");
  if (!magic) return fail(Errc::not_a_model, "%llu bytes are too few for a GGUF file", ull{cursor.left()});
  if (*magic != kMagic) {
    return fail(Errc::not_a_model, "the file starts with 0x%08x, GGUF is 0x%08x", *magic, kMagic);
  }
  const auto version = cursor.number<std::uint32_t>("version");
  if (!version) return std::unexpected(version.error());
  if (*version != kVersion) {
    return fail(Errc::unsupported_version, "GGUF version is %u, this build reads %u (little endian)", *version,
                kVersion);
  }
  return {};
}

Expected<std::uint32_t> read_alignment(const File& file) noexcept {
  if (file.find("general.alignment") == nullptr) return kDefaultAlignment;
  const auto alignment = file.get_u32("general.alignment");
  if (!alignment) return alignment;
  if (*alignment < 8 || *alignment > kMaxAlignment || (*alignment & (*alignment - 1)) != 0) {
    return fail(Errc::bad_value, "general.alignment is %u, allowed are powers of two from 8 to %u", *alignment,
                kMaxAlignment);
  }
  return alignment;
}

}  // namespace

Expected<File> File::parse(std::span<const std::byte> bytes, Extent extent) noexcept {
  File file;
  Cursor cursor(bytes);
  if (const auto ok = check_magic(cursor); !ok) return std::unexpected(ok.error());
  const auto n_tensors = checked_count(cursor, "tensor count", kMaxTensors);
  if (!n_tensors) return std::unexpected(n_tensors.error());
  const auto n_keys = checked_count(cursor, "key count", kMaxKeys);
  if (!n_keys) return std::unexpected(n_keys.error());

  if (const auto ok = check_room(cursor, "keys", *n_keys, kMinKeyBytes); !ok) return std::unexpected(ok.error());
  if (!file.values_.allocate(static_cast<std::size_t>(*n_keys))) {
    return out_of_memory("keys of the file", *n_keys * sizeof(Value));
  }
  for (Value& value : file.values_.span()) {
    const auto read = read_value(cursor, bytes);
    if (!read) return std::unexpected(read.error());
    value = *read;
  }
  auto by_key = index_by_name(file.values(), "key");
  if (!by_key) return std::unexpected(by_key.error());
  file.values_by_key_ = std::move(*by_key);
  const auto alignment = read_alignment(file);
  if (!alignment) return std::unexpected(alignment.error());
  file.alignment_ = *alignment;

  if (const auto ok = check_room(cursor, "tensors", *n_tensors, kMinTensorBytes); !ok) {
    return std::unexpected(ok.error());
  }
  if (!file.tensors_.allocate(static_cast<std::size_t>(*n_tensors))) {
    return out_of_memory("tensor list of the file", *n_tensors * sizeof(Tensor));
  }
  for (Tensor& tensor : file.tensors_.span()) {
    const auto read = read_tensor(cursor, file.alignment_);
    if (!read) return std::unexpected(read.error());
    tensor = *read;
  }
  auto by_name = index_by_name(file.tensors(), "tensor");
  if (!by_name) return std::unexpected(by_name.error());
  file.tensors_by_name_ = std::move(*by_name);
  if (const auto ok = check_overlap(file.tensors()); !ok) return std::unexpected(ok.error());

  file.data_offset_ = (cursor.offset() + file.alignment_ - 1) / file.alignment_ * file.alignment_;
  if (extent == Extent::header_only) return file;
  const std::uint64_t data_bytes = bytes.size() > file.data_offset_ ? bytes.size() - file.data_offset_ : 0;
  for (Tensor& tensor : file.tensors_.span()) {
    if (tensor.offset > data_bytes || tensor.size_bytes > data_bytes - tensor.offset) {
      return fail(Errc::truncated, "tensor %.*s needs %llu bytes at data offset %llu, the file has %llu",
                  MGT_PRINT_VIEW(tensor.name), ull{tensor.size_bytes}, ull{tensor.offset}, ull{data_bytes});
    }
    tensor.bytes = bytes.subspan(static_cast<std::size_t>(file.data_offset_ + tensor.offset),
                                 static_cast<std::size_t>(tensor.size_bytes));
  }
  return file;
}

const Value* File::find(std::string_view key) const noexcept {
  return find_by_name(values(), values_by_key_.span(), key);
}

const Tensor* File::find_tensor(std::string_view name) const noexcept {
  return find_by_name(tensors(), tensors_by_name_.span(), name);
}

Expected<const Value*> File::typed(std::string_view key, ValueType type, ValueType element_type) const noexcept {
  const Value* value = find(key);
  if (value == nullptr) return fail(Errc::missing_field, "key %.*s is missing", MGT_PRINT_VIEW(key));
  if (value->type != type) {
    return fail(Errc::bad_type, "key %.*s has type %s, expected %s", MGT_PRINT_VIEW(key), value_type_name(value->type),
                value_type_name(type));
  }
  if (value->element_type != element_type) {
    return fail(Errc::bad_type, "key %.*s is an array of %s, expected %s", MGT_PRINT_VIEW(key),
                value_type_name(value->element_type), value_type_name(element_type));
  }
  return value;
}

Expected<std::uint32_t> File::get_u32(std::string_view key) const noexcept {
  const auto value = typed(key, ValueType::u32, ValueType::u32);
  if (!value) return std::unexpected(value.error());
  return ArrayView<std::uint32_t>((*value)->bytes)[0];
}

Expected<float> File::get_f32(std::string_view key) const noexcept {
  const auto value = typed(key, ValueType::f32, ValueType::f32);
  if (!value) return std::unexpected(value.error());
  return ArrayView<float>((*value)->bytes)[0];
}

Expected<std::string_view> File::get_string(std::string_view key) const noexcept {
  const auto value = typed(key, ValueType::string, ValueType::string);
  if (!value) return std::unexpected(value.error());
  return std::string_view(reinterpret_cast<const char*>((*value)->bytes.data()), (*value)->bytes.size());
}

Expected<ArrayView<std::uint32_t>> File::get_u32_array(std::string_view key) const noexcept {
  const auto value = typed(key, ValueType::array, ValueType::u32);
  if (!value) return std::unexpected(value.error());
  return ArrayView<std::uint32_t>((*value)->bytes);
}

Expected<ArrayView<float>> File::get_f32_array(std::string_view key) const noexcept {
  const auto value = typed(key, ValueType::array, ValueType::f32);
  if (!value) return std::unexpected(value.error());
  return ArrayView<float>((*value)->bytes);
}

}  // namespace mgt::gguf
