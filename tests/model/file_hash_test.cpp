#include "model/file_hash.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "hash.hpp"
#include "mgt/convert.hpp"
#include "mgt/model.hpp"
#include "model/calibrated_copy.hpp"
#include "support/edit_gguf.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

FileBytes with_hash(const FileBytes& file, const std::string& text) {
  return with_key(file, detail::kFileHashKey,
                  [&](gguf::Writer& writer) { writer.add_string(detail::kFileHashKey, text); });
}

FileBytes sealed(const FileBytes& in) {
  FileBytes file = with_hash(in, "0123456789abcdef");
  REQUIRE(detail::seal_file(file));
  return file;
}

std::string message_of(const FileBytes& file) {
  const auto refused = Model::load(file);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == Errc::bad_value);
  return refused.error().message();
}

bool ends_damaged(const std::string& message) {
  return message.ends_with(": the file is damaged");
}

}  // namespace

TEST_CASE("a flipped bit of the weights or of a value is found", "[model][load]") {
  FileBytes file = sealed(tiny_gguf());
  REQUIRE(Model::load(file));
  const gguf::File parsed = parse_or_abort(file);
  const std::byte* rope_theta = parsed.find("mgt.rope.freq_base")->bytes.data();
  std::vector<std::size_t> places{static_cast<std::size_t>(rope_theta - file.data())};
  for (auto at = static_cast<std::size_t>(parsed.data_offset()); at < file.size(); at += 997) places.push_back(at);
  for (const std::size_t at : places) {
    const auto bit = static_cast<std::byte>(1u << at % 8);
    file[at] ^= bit;
    CHECK(ends_damaged(message_of(file)));
    file[at] ^= bit;
  }
  CHECK(Model::load(file));
}

TEST_CASE("a file's hash is named with what its bytes give", "[model][load]") {
  FileBytes file = with_hash(tiny_gguf(), "0123456789abcdef");
  const std::string message = message_of(file);
  CHECK(message.starts_with("mgt.file_hash is 0123456789abcdef, the file's bytes give "));
  REQUIRE(detail::seal_file(file));
  const std::string right(*parse_or_abort(file).get_string(detail::kFileHashKey));
  CHECK(message.find(right) != std::string::npos);
  const auto at = static_cast<std::size_t>(
      reinterpret_cast<const std::byte*>(parse_or_abort(file).get_string(detail::kFileHashKey)->data()) - file.data());
  const std::uint64_t hash = hash64(std::span(file).subspan(at + 16), hash64(std::span(file).first(at)));
  CHECK(std::stoull(right, nullptr, 16) == hash);
  CHECK(message_of(with_hash(tiny_gguf(), "0123")) == "mgt.file_hash has 4 characters, 16 hex digits are needed");
  CHECK(message_of(with_hash(tiny_gguf(), "0123456789\x1b[31m+")) ==
        "mgt.file_hash has no hex digit at index 10, 16 are needed");
  const FileBytes numbers = with_key(tiny_gguf(), detail::kFileHashKey, [](gguf::Writer& writer) {
    writer.add_f32_array(detail::kFileHashKey, std::vector<float>(4));
  });
  CHECK(Model::load(numbers).error().code() == Errc::bad_type);
}

TEST_CASE("what rewrites a file seals it again, or leaves it without a hash", "[model][convert]") {
  const FileBytes in = sealed(tiny_gguf());
  const auto converted = convert(in, WeightType::q8_0);
  REQUIRE(converted);
  CHECK(Model::load(*converted));
  CHECK(*parse_or_abort(*converted).get_string(detail::kFileHashKey) !=
        *parse_or_abort(in).get_string(detail::kFileHashKey));
  CHECK(convert(tiny_gguf(), WeightType::q8_0)->size() < converted->size());
  const detail::EnergyTable table;
  const auto copy = detail::calibrated_copy(in, PolicyKind::standard, 0.25f, &table);
  REQUIRE(copy);
  CHECK(Model::load(*copy));
}
