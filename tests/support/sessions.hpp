// Sessions that a test takes for granted, and answers compared bit for bit.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <span>
#include <utility>

#include "mgt/session.hpp"

namespace mgt::test {

inline Session make_session(const Model& model, const SessionOptions& options = {}) {
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  return *std::move(session);
}

inline bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace mgt::test
