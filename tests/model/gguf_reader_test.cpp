#include "model/gguf_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>
#include <string>

#include "mgt/inspect.hpp"
#include "model/gguf_writer.hpp"

using namespace mgt;
using namespace mgt::gguf;

namespace {

using FileBytes = std::vector<std::byte>;

/// A header written field by field, so that it can be wrong in any of them.
struct Raw {
  FileBytes bytes;

  template <class T>
  Raw& put(T value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    return *this;
  }
  Raw& text(std::string_view s) {
    put<std::uint64_t>(s.size());
    const auto raw = std::as_bytes(std::span(s));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    return *this;
  }
  Raw& head(std::uint64_t n_tensors, std::uint64_t n_keys) {
    return put(kMagic).put(kVersion).put(n_tensors).put(n_keys);
  }
  Raw& tensor(std::string_view name, std::initializer_list<std::uint64_t> dims, std::uint32_t type,
              std::uint64_t offset) {
    text(name).put(static_cast<std::uint32_t>(dims.size()));
    for (const std::uint64_t d : dims) put(d);
    return put(type).put(offset);
  }
};

void check_error(const Raw& raw, Errc code, const std::string& part) {
  const auto file = File::parse(raw.bytes, Extent::whole_file);
  REQUIRE_FALSE(file);
  INFO(file.error().message());
  CHECK(errc_name(file.error().code()) == std::string(errc_name(code)));
  CHECK(std::string(file.error().message()).find(part) != std::string::npos);
}

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
constexpr auto kU32 = static_cast<std::uint32_t>(ValueType::u32);
constexpr auto kArray = static_cast<std::uint32_t>(ValueType::array);
constexpr auto kString = static_cast<std::uint32_t>(ValueType::string);

}  // namespace

TEST_CASE("what the writer writes, the reader reads", "[model][gguf]") {
  Writer writer;
  writer.add_u32("a.u32", 7);
  writer.add_f32("a.f32", 0.5f);
  writer.add_string("a.string", "text");
  writer.add_u32_array("a.u32s", std::vector<std::uint32_t>{1, 2, 3});
  writer.add_f32_array("a.f32s", std::vector<float>{});
  writer.add_tensor("t", TensorType::f32, std::vector<std::uint64_t>{2, 3}, FileBytes(24, std::byte{9}));
  writer.add_tensor("u", TensorType::q8_0, std::vector<std::uint64_t>{32}, FileBytes(34, std::byte{8}));
  const FileBytes bytes = writer.finish();
  const auto file = File::parse(bytes, Extent::whole_file);
  REQUIRE(file);
  CHECK(file->get_u32("a.u32") == 7u);
  CHECK(file->get_f32("a.f32") == 0.5f);
  CHECK(file->get_string("a.string") == "text");
  CHECK(file->get_u32_array("a.u32s")->size() == 3);
  CHECK((*file->get_u32_array("a.u32s"))[2] == 3);
  CHECK(file->get_f32_array("a.f32s")->size() == 0);
  REQUIRE(file->find_tensor("t") != nullptr);
  CHECK(file->find_tensor("t")->rows() == 3);
  CHECK(file->find_tensor("t")->row(2).size() == 8);
  CHECK(file->find_tensor("u")->bytes[33] == std::byte{8});
  CHECK(file->find("b") == nullptr);
  CHECK(file->get_u32("b").error().code() == Errc::missing_field);
  CHECK(file->get_u32("a.f32").error().code() == Errc::bad_type);
  CHECK(file->get_u32_array("a.f32s").error().code() == Errc::bad_type);
}

TEST_CASE("not a GGUF file of version 3", "[model][gguf]") {
  check_error(Raw{}, Errc::not_a_model, "0 bytes");
  check_error(Raw{}.put<std::uint32_t>(0x04034b50), Errc::not_a_model, "0x04034b50");
  check_error(Raw{}.put(kMagic).put<std::uint32_t>(2), Errc::unsupported_version, "version is 2");
  check_error(Raw{}.put(kMagic).put<std::uint32_t>(0x03000000), Errc::unsupported_version, "50331648");
}

TEST_CASE("absurd counts are refused before anything is allocated", "[model][gguf]") {
  check_error(Raw{}.head(0, kHuge), Errc::limit_exceeded, "key count is 18446744073709551615");
  check_error(Raw{}.head(kHuge, 0), Errc::limit_exceeded, "tensor count is 18446744073709551615");
  check_error(Raw{}.head(0, 4096), Errc::truncated, "4096 keys");
  check_error(Raw{}.head(4096, 0), Errc::truncated, "4096 tensors");
  check_error(Raw{}.head(0, 1).put(kHuge).put<std::uint64_t>(0), Errc::limit_exceeded, "the limit is 127");
  check_error(Raw{}.head(0, 1).text("k").put(kString).put(kHuge), Errc::limit_exceeded, "the limit is 1048576");
  check_error(Raw{}.head(0, 1).text("k").put(kArray).put(kU32).put(kHuge), Errc::limit_exceeded, "key k");
  check_error(Raw{}.head(0, 1).text("k").put(kArray).put(kU32).put<std::uint64_t>(1 << 20), Errc::truncated, "4194304");
  check_error(Raw{}.head(0, 1).text("k").put(kArray).put(kString).put<std::uint64_t>(1 << 20), Errc::truncated,
              "array string");
}

TEST_CASE("keys: names, types, duplicates", "[model][gguf]") {
  check_error(Raw{}.head(0, 1).text("").put(kU32).put(1).put(1), Errc::bad_value, "empty");
  check_error(Raw{}.head(0, 1).text("a\nb").put(kU32).put(1), Errc::bad_value, "byte 10");
  check_error(Raw{}.head(0, 1).text("k").put<std::uint32_t>(13).put(1), Errc::bad_type, "value type 13");
  check_error(Raw{}.head(0, 1).text("k").put(kArray).put(kArray).put<std::uint64_t>(1), Errc::bad_type, "arrays");
  check_error(Raw{}.head(0, 1).text("k").put<std::uint32_t>(7).put<std::uint8_t>(2), Errc::bad_value, "boolean");
  check_error(Raw{}.head(0, 2).text("k").put(kU32).put(1).text("k").put(kU32).put(1), Errc::bad_value, "occurs twice");
  for (const std::uint32_t alignment : {0u, 1u, 4u, 24u, 131072u}) {
    check_error(Raw{}.head(0, 1).text("general.alignment").put(kU32).put(alignment), Errc::bad_value,
                "general.alignment is " + std::to_string(alignment));
  }
}

TEST_CASE("tensors: shapes, types, offsets, overlap", "[model][gguf]") {
  const auto one = [](auto... args) { return Raw{}.head(1, 0).tensor("t", args...); };
  using Dims = std::initializer_list<std::uint64_t>;
  check_error(one(Dims{}, 0u, 0u).put<std::uint64_t>(0), Errc::bad_shape, "0 dimensions");
  check_error(one(Dims{1, 1, 1, 1, 1}, 0u, 0u), Errc::bad_shape, "5 dimensions");
  check_error(one(Dims{4, 0}, 0u, 0u), Errc::bad_shape, "dimension 1 = 0");
  check_error(one(Dims{1ull << 32, 1ull << 32}, 0u, 0u), Errc::limit_exceeded, "dimension 1");
  check_error(one(Dims{kHuge}, 0u, 0u), Errc::limit_exceeded, "18446744073709551615");
  check_error(one(Dims{4}, 12u, 0u), Errc::bad_type, "type 12");
  check_error(one(Dims{33}, 8u, 0u), Errc::bad_shape, "multiple of 32");
  check_error(one(Dims{4}, 0u, 16u), Errc::bad_value, "offset 16");
  check_error(one(Dims{4}, 0u, kHuge - 31), Errc::truncated, "needs 16 bytes");
  check_error(one(Dims{4}, 0u, 0u), Errc::truncated, "has 0");
  check_error(Raw{}.head(2, 0).tensor("t", {16}, 0, 0).tensor("u", {16}, 0, 32), Errc::bad_value, "overlaps t");
  check_error(Raw{}.head(2, 0).tensor("t", {16}, 0, 64).tensor("t", {16}, 0, 0), Errc::bad_value, "occurs twice");
}

TEST_CASE("describe lists any GGUF file as text", "[model][inspect]") {
  Raw raw;
  raw.head(1, 5);
  raw.text("a.bool").put<std::uint32_t>(7).put<std::uint8_t>(1);
  raw.text("a.i8").put<std::uint32_t>(1).put<std::int8_t>(-5);
  raw.text("a.f64").put<std::uint32_t>(12).put(0.25);
  raw.text("a.strings").put(kArray).put(kString).put<std::uint64_t>(2).text("x").text("y");
  raw.text("a.text").put(kString).text("line\nbreak");
  raw.tensor("t", {32, 2}, 8, 0);
  const auto description = describe(raw.bytes);
  REQUIRE(description);
  REQUIRE(description->keys.size() == 5);
  CHECK(description->keys[0].value == "true");
  CHECK(description->keys[1].value == "-5");
  CHECK(description->keys[2].value == "0.25");
  CHECK(description->keys[3].type == "array of string");
  CHECK(description->keys[3].value == "2 strings");
  CHECK(description->keys[4].value == "line?break");
  REQUIRE(description->tensors.size() == 1);
  CHECK(description->tensors[0].type == "Q8_0");
  CHECK(description->tensors[0].shape == std::vector<std::uint64_t>{32, 2});
  CHECK(description->tensors[0].size_bytes == 68);
  CHECK(description->n_parameters == 64);
}
