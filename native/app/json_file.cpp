#include "app/json_file.hpp"

#include <utility>

#include "app/failure.hpp"
#include "app/files.hpp"

namespace mgt::cli {
namespace {

constexpr std::size_t kMostShown = 60;  ///< characters of what was found

nlohmann::json parse(const std::string& path) {
  const std::vector<std::byte> text = read_file(path);
  const auto* begin = reinterpret_cast<const char*>(text.data());
  try {
    return nlohmann::json::parse(begin, begin + text.size());
  } catch (const nlohmann::json::parse_error& error) {
    fail_input(path + ": no JSON from byte " + std::to_string(error.byte) + " on");
  }
}

}  // namespace

JsonFile::JsonFile(std::string path) : path_(std::move(path)), value_(parse(path_)) {}

std::string JsonValue::text() const {
  if (!is_there() || !value_->is_string()) fail("a text");
  return value_->get<std::string>();
}

std::size_t JsonValue::whole(const std::string& expected) const {
  if (!is_there() || !value_->is_number_unsigned()) fail(expected);
  return value_->get<std::size_t>();
}

std::vector<JsonValue> JsonValue::elements(const std::string& expected) const {
  if (!is_there() || !value_->is_array()) fail(expected);
  std::vector<JsonValue> elements;
  for (std::size_t i = 0; i < value_->size(); ++i) {
    elements.push_back({&(*value_)[i], place_ + "[" + std::to_string(i) + "]"});
  }
  return elements;
}

JsonValue JsonValue::field(const std::string& name) const {
  if (!is_there() || !value_->is_object()) fail("an object");
  const auto found = value_->find(name);
  const char* separator = place_.ends_with(']') ? "." : ": ";
  return {found == value_->end() ? nullptr : &*found, place_ + separator + name};
}

void JsonValue::fail(const std::string& expected) const {
  std::string found = is_there() ? value_->dump() : "missing";
  if (found.size() > kMostShown) found = found.substr(0, kMostShown) + "...";
  fail_input(place_ + " is " + found + ", expected " + expected);
}

}  // namespace mgt::cli
