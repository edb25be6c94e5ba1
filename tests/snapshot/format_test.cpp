// The primitives: what is written is read, in little endian, and nothing is read that is not there or not allowed.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>
#include <vector>

#include "snapshot/archive.hpp"
#include "support/tiny_model.hpp"

namespace mgt::snapshot {
namespace {

using Bytes = std::vector<std::byte>;

template <class Write>
Bytes written(Write&& write) {
  Archive counter;
  write(counter);
  Bytes bytes(counter.size());
  Archive archive = Archive::writing(bytes);
  write(archive);
  CHECK(archive.size() == bytes.size());
  return bytes;
}

Archive checking(std::span<const std::byte> bytes) {
  return Archive::reading(bytes, Pass::check);
}

template <class T>
void put(Archive& archive, T value) {
  archive.field("number", value);
}

TEST_CASE("numbers are little endian and without padding", "[snapshot]") {
  const Bytes bytes = written([](Archive& a) {
    CHECK(a.steering("flag", true));
    put<std::uint32_t>(a, 0x04030201);
    put<float>(a, 1.0f);
    put<std::uint16_t>(a, 0xbeef);
  });
  const std::vector<unsigned> expected{1, 1, 2, 3, 4, 0, 0, 0x80, 0x3f, 0xef, 0xbe};
  std::vector<unsigned> found;
  for (const std::byte b : bytes) found.push_back(std::to_integer<unsigned>(b));
  CHECK(found == expected);
}

TEST_CASE("an archive stays inside its memory and counts on", "[snapshot]") {
  std::array<std::byte, 8> memory{};
  Archive archive = Archive::writing(std::span<std::byte>(memory).first(6));
  put<std::uint32_t>(archive, ~0u);
  put<std::uint32_t>(archive, ~0u);
  CHECK(archive.size() == 8);
  CHECK(memory[3] == std::byte{0xff});
  CHECK(memory[4] == std::byte{0});
  CHECK(memory[7] == std::byte{0});
}

TEST_CASE("sparse tables come back, whatever their runs", "[snapshot]") {
  test::Random random(3);
  for (int table = 0; table < 2000; ++table) {
    std::vector<std::uint32_t> values(4 * (random.next() % 40));
    const std::uint64_t density = random.next() % 5;
    for (auto& value : values) value = random.next() % 5 < density ? static_cast<std::uint32_t>(random.next()) : 0;
    const Bytes bytes = written([&](Archive& a) { a.sparse("table", std::span<std::uint32_t>(values)); });
    // A run costs eight bytes and, but for the first, saves sixteen.
    CHECK(bytes.size() <= values.size() * sizeof(std::uint32_t) + 8);
    const std::vector<std::uint32_t> untouched(values.size(), 0x5a5a5a5a);
    std::vector<std::uint32_t> back = untouched;
    for (const Pass pass : {Pass::check, Pass::apply}) {
      CHECK(back == untouched);
      Archive archive = Archive::reading(bytes, pass);
      archive.sparse("table", std::span<std::uint32_t>(back));
      REQUIRE_FALSE(archive.error());
      CHECK(archive.left() == 0);
    }
    CHECK(back == values);
  }
  std::vector<std::uint32_t> zeros(1 << 16);
  CHECK(written([&](Archive& a) { a.sparse("table", std::span<std::uint32_t>(zeros)); }).size() == 8);
}

TEST_CASE("runs that do not fill their table, or do not end, are refused", "[snapshot]") {
  std::array<std::uint32_t, 16> table{};  // 4 blocks
  const auto refused = [&](std::vector<std::uint32_t> runs) {
    Archive archive = checking(std::as_bytes(std::span<std::uint32_t>(runs)));
    archive.sparse("table", std::span<std::uint32_t>(table));
    return archive.error().has_value();
  };
  CHECK_FALSE(refused({4, 0}));
  CHECK(refused({5, 0}));
  CHECK(refused({3, 2, 1, 1, 1, 1, 1, 1, 1, 1}));
  CHECK_FALSE(refused({3, 1, 1, 1, 1, 1}));
  CHECK_FALSE(refused({3, 1, 1, 1, 1, 1, 9}));  // what follows the table is another field's
  CHECK(refused({3, 1, 1, 1, 1}));
  CHECK(refused({3, 0}));
  CHECK(refused({0, 0, 4, 0}));
  CHECK(refused({~0u, 0}));
  CHECK(refused({0, ~0u}));
  CHECK(refused({}));
}

TEST_CASE("the first error is kept, and names the field and the numbers", "[snapshot]") {
  const Bytes bytes = written([](Archive& a) {
    put<std::uint32_t>(a, 7);
    put<float>(a, 2.5f);
    put<float>(a, std::numeric_limits<float>::quiet_NaN());
    put<std::uint8_t>(a, 2);
  });
  Archive range = checking(bytes);
  CHECK(range.steering<std::uint32_t>("depth", 3, {0, 4}) == 0);
  REQUIRE(range.error());
  CHECK(std::string(range.error()->message()) == "depth is 7 in the snapshot, allowed are 0 to 4");
  CHECK(range.error()->code() == Errc::bad_snapshot);
  CHECK(range.steering<float>("later", 2.0f, {1.0f, 2.0f}) == 1.0f);  // from here on the least
  CHECK(std::string(range.error()->message()).starts_with("depth"));

  Archive floats = checking(bytes);
  CHECK(floats.steering<std::uint32_t>("depth", 0) == 7);
  float two[2] = {};
  floats.numbers("share", two, {0.0f, 3.0f});
  REQUIRE(floats.error());
  CHECK(std::string(floats.error()->message()) == "share is nan in the snapshot, allowed are 0 to 3");

  Archive ends = checking(bytes);
  std::uint64_t words[2] = {};
  ends.numbers("words", words);
  CHECK(std::string(ends.error()->message()) == "snapshot ends inside words: 13 bytes are left, 16 are needed");

  Archive flag = checking(std::span<const std::byte>(bytes).last(1));
  CHECK_FALSE(flag.steering("open", true));
  CHECK(flag.error().has_value());
}

/// Whether `value` is refused where [least, most] is allowed.
template <class T>
bool refused(T value, Range<T> allowed) {
  const Bytes bytes = written([&](Archive& a) { put<T>(a, value); });
  Archive archive = checking(bytes);
  archive.field("number", value, allowed);
  return archive.error().has_value();
}

template <class T>
void check_limits(T least, T most) {
  CHECK_FALSE(refused<T>(least, {least, most}));
  CHECK_FALSE(refused<T>(most, {least, most}));
  CHECK(refused<T>(static_cast<T>(least - 1), {least, most}));
  CHECK(refused<T>(static_cast<T>(most + 1), {least, most}));
}

TEST_CASE("limits hold for every type", "[snapshot]") {
  check_limits<std::uint8_t>(3, 127);
  check_limits<std::uint16_t>(3, 40000);
  check_limits<std::uint32_t>(3, 3000000000u);
  check_limits<std::uint64_t>(3, std::uint64_t{1} << 62);
  check_limits<std::int16_t>(-300, 300);
  check_limits<std::int32_t>(-70000, 70000);
  check_limits<float>(-1.5f, 2.5f);
  check_limits<double>(-1.5, 2.5);
  CHECK(refused<std::uint64_t>(~std::uint64_t{0}, {0, std::uint64_t{1} << 62}));
  CHECK_FALSE(refused<std::uint64_t>(~std::uint64_t{0}, {}));
  CHECK(refused<float>(std::numeric_limits<float>::infinity(), {}));
  CHECK(refused<double>(std::numeric_limits<double>::quiet_NaN(), {-1, 1}));
}

}  // namespace
}  // namespace mgt::snapshot
