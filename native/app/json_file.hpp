// JSON that people write, read value by value: a value that is not what is expected ends the command, naming where it
// stands, what is there and what is expected.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mgt::cli {

/// A value, and where it stands: "mine.json: streams[0].name". Borrows from its JsonFile.
class JsonValue {
 public:
  bool is_there() const noexcept { return value_ != nullptr; }

  std::string text() const;
  /// expected  what to ask for where this is no whole number from 0 on
  std::size_t whole(const std::string& expected) const;
  /// Of a list.
  std::vector<JsonValue> elements(const std::string& expected) const;
  /// A field of an object, which may be missing.
  JsonValue field(const std::string& name) const;

  [[noreturn]] void fail(const std::string& expected) const;

 private:
  friend class JsonFile;
  JsonValue(const nlohmann::json* value, std::string place) : value_(value), place_(std::move(place)) {}

  const nlohmann::json* value_;  ///< null: missing
  std::string place_;
};

class JsonFile {
 public:
  /// Reads it. Ends the command where it is missing or no JSON.
  explicit JsonFile(std::string path);

  JsonValue root() const { return {&value_, path_}; }

 private:
  std::string path_;
  nlohmann::json value_;
};

}  // namespace mgt::cli
