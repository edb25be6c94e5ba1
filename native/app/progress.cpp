#include "app/progress.hpp"

#include <cstdio>
#include <string>

#include "app/terminal.hpp"

namespace mgt::cli {

Progress::Progress(std::optional<std::uint64_t> total) : total_(total), shown_(stderr_is_terminal()) {}

Progress::~Progress() {
  clear();
}

void Progress::update(std::uint64_t done) {
  const Clock::time_point now = Clock::now();
  if (!shown_ || now - drawn_at_ < std::chrono::milliseconds(100)) return;
  drawn_at_ = now;
  drawn_ = true;
  const double bytes = static_cast<double>(done);
  const double rate = bytes / std::chrono::duration<double>(now - started_).count();
  std::string line = bytes_text(bytes) + "  " + bytes_text(rate) + "/s";
  if (total_ && *total_ > 0) {
    const double share = bytes / static_cast<double>(*total_);
    const double left = (static_cast<double>(*total_) - bytes) / rate;
    line = percent(share, 0) + " |" + bar(share, 24) + "| " + line + "  " + duration_text(left) + " left";
  }
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
}

void Progress::clear() noexcept {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace mgt::cli
