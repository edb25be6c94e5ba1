// A trace by itself: the seal of every record and its link to the record before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mgt/witness.hpp"

namespace mgt::cli {

/// Checks records one by one and remembers where the chain stands. Errors: bad input, naming the line and the step.
class ChainChecker {
 public:
  /// path  of the trace, for errors; must outlive the checker
  explicit ChainChecker(const std::string& path) : path_(path) {}

  /// The next line's record, checked.
  Witness check(std::string_view line);
  /// Ends with: this record differs from what it ought to be.
  [[noreturn]] void differ(const Witness& witness, const std::string& how) const;

  std::uint64_t records() const noexcept { return records_; }
  std::uint64_t first_step() const noexcept { return first_step_; }
  std::uint64_t last_step() const noexcept { return last_step_; }
  std::uint64_t last_hash() const noexcept { return last_hash_; }

 private:
  const std::string& path_;
  std::uint64_t records_ = 0;
  std::uint64_t first_step_ = 0;
  std::uint64_t last_step_ = 0;
  std::uint64_t last_hash_ = 0;
};

}  // namespace mgt::cli
