// A progress line on stderr while a stream runs; nothing where stderr is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mgt::cli {

class Progress {
 public:
  /// total  bytes to come, where known
  explicit Progress(std::optional<std::uint64_t> total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Redraws at most ten times a second.
  void update(std::uint64_t done);
  /// Wipes the line; the destructor does it as well.
  void clear() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<std::uint64_t> total_;
  bool shown_;
  bool drawn_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point drawn_at_ = started_;
};

}  // namespace mgt::cli
