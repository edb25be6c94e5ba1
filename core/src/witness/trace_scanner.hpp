// The small part of JSON that a trace line uses, read strictly. After the first failure every call does nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "mgt/error.hpp"
#include "mgt/gate.hpp"
#include "witness/trace_fields.hpp"

namespace mgt::detail {

class TraceScanner {
 public:
  explicit TraceScanner(std::string_view line) noexcept : line_(line) {}

  bool failed() const noexcept { return failed_; }
  const Error& error() const noexcept { return error_; }

  /// Takes `c` after optional space; accept() says whether it was there, expect() fails where it was not.
  bool accept(char c) noexcept;
  void expect(char c) noexcept;
  void expect_end() noexcept;

  /// A string without escapes: none of a trace's strings has any. `what` names it in the error.
  std::string_view string(const char* what) noexcept;

  void value(const char* name, bool& out) noexcept;
  void value(const char* name, float& out) noexcept;
  void value(const char* name, std::uint64_t& out) noexcept;
  void value(const char* name, std::uint32_t& out) noexcept;
  void value(const char* name, std::uint16_t& out) noexcept;
  void value(const char* name, std::int32_t& out) noexcept;
  void value(const char* name, Tier& out) noexcept;
  void value(const char* name, GateDecision& out) noexcept;
  void value(const char* name, GateReason& out) noexcept;
  void value(const char* name, Hex<std::uint64_t> out) noexcept;

  /// Fails with "<field>: <why>".
  void fail_field(const char* why, std::string_view field) noexcept;

 private:
  void skip_space() noexcept;
  std::string_view word() noexcept;
  void fail_value(const char* name, const char* expected, std::string_view found) noexcept;
  template <class Int>
  void integer(const char* name, Int low, Int high, Int& out) noexcept;
  template <class Enum>
  void named(const char* name, Enum last, Enum& out) noexcept;

  std::string_view line_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Error error_;
};

}  // namespace mgt::detail
