// Files and streams: read whole, read in blocks, replaced in one move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mgt::cli {

/// A file's bytes. Errors: bad input, naming the file; also for a file over 2 GiB.
std::vector<std::byte> read_file(const std::string& path);

/// Writes next to `path`, syncs, then renames over it: a reader sees the old file or the new one, never a half.
void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);

/// Whether both paths lead to the same existing file.
bool same_file(const std::string& a, const std::string& b);

/// A file, or stdin for "-", read as its bytes arrive.
class ByteSource {
 public:
  explicit ByteSource(const std::string& path);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills the front of `block` with what is there now, waiting for at least one byte; 0 at the end or on Ctrl-C.
  std::size_t read(std::span<std::uint8_t> block);

  /// "-" reads as "stdin".
  const std::string& name() const noexcept { return name_; }
  /// Known for regular files.
  std::optional<std::uint64_t> size() const noexcept { return size_; }

 private:
  std::string name_;
  int descriptor_;
  std::optional<std::uint64_t> size_;
};

/// From here on the first Ctrl-C ends the stream instead of the program; the second ends the program.
void stop_on_interrupt();
bool interrupted() noexcept;

}  // namespace mgt::cli
