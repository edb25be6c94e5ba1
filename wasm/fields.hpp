// Tables of where a record's fields stand and what they are: with them JavaScript reads and writes records by name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mgt::wasm {

/// How js/src/core/records.ts reads a field; it has the same list.
enum class FieldType : std::uint32_t {
  boolean = 0,
  u8 = 1,
  u16 = 2,
  u32 = 3,  ///< sizes and addresses as well
  i32 = 4,
  f32 = 5,
  f64 = 6,
  u64 = 7,   ///< a bigint
  text = 8,  ///< address of zero-terminated UTF-8
};

template <class T>
consteval FieldType field_type_of() {
  if constexpr (std::is_enum_v<T>) {
    return field_type_of<std::underlying_type_t<T>>();
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    return field_type_of<typename T::value_type>();  // an array: the field is its first element
  } else if constexpr (std::is_same_v<T, bool>) {
    return FieldType::boolean;
  } else if constexpr (std::is_same_v<T, const char*>) {
    return FieldType::text;
  } else if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? FieldType::f32 : FieldType::f64;
  } else {
    static_assert(std::is_integral_v<T> && (std::is_unsigned_v<T> || sizeof(T) == 4), "a type JavaScript cannot read");
    if constexpr (sizeof(T) == 1) return FieldType::u8;
    if constexpr (sizeof(T) == 2) return FieldType::u16;
    if constexpr (sizeof(T) == 8) return FieldType::u64;
    return std::is_signed_v<T> ? FieldType::i32 : FieldType::u32;
  }
}

struct Field {
  const char* name;  ///< in JavaScript
  std::uint32_t offset;
  FieldType type;
};

/// Field{js_name, ...} of a member.
#define MGT_FIELD(Record, member, js_name)                                                    \
  ::mgt::wasm::Field {                                                                        \
    js_name, offsetof(Record, member), ::mgt::wasm::field_type_of<decltype(Record::member)>() \
  }

/// One record: js/src/core/records.ts finds it by `name`.
struct RecordTable {
  const char* name;
  std::uint32_t size_bytes;
  const Field* fields;
  std::uint32_t n_fields;
};

template <class Record, std::size_t n>
constexpr RecordTable record_table(const char* name, const Field (&fields)[n]) noexcept {
  return {name, sizeof(Record), fields, n};
}

}  // namespace mgt::wasm
