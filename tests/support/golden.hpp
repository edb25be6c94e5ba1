// Reads the golden files that models/golden.py writes: a line of JSON, then little-endian arrays.
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace mgt::test {

inline std::vector<std::byte> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

class Golden {
 public:
  explicit Golden(const std::string& path) : bytes_(read_file(path)) {
    const auto newline = std::find(bytes_.begin(), bytes_.end(), std::byte{'\n'});
    arrays_at_ = static_cast<std::size_t>(newline - bytes_.begin()) + 1;
    header_ = nlohmann::json::parse(std::string(reinterpret_cast<const char*>(bytes_.data()), arrays_at_ - 1));
  }

  const nlohmann::json& header() const { return header_; }

  template <class T>
  std::vector<T> array(const char* name) const {
    const auto& entry = header_.at("arrays").at(name);
    std::size_t n = 1;
    for (const auto& extent : entry.at("shape")) n *= extent.get<std::size_t>();
    std::vector<T> out(n);
    std::memcpy(out.data(), bytes_.data() + arrays_at_ + entry.at("offset").get<std::size_t>(), n * sizeof(T));
    return out;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t arrays_at_ = 0;
  nlohmann::json header_;
};

}  // namespace mgt::test
