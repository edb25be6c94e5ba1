// Files and streams: read whole, read in blocks, replaced in one move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mgt::cli {

/// A file's bytes. Errors: bad input, naming the file; also for a file over 2 GiB.
std::vector<std::byte> read_file(const std::string& path);

/// Writes next to `path`, syncs, then renames over it: a reader sees the old file or the new one, never a half.
/// Permissions stay, a link stays a link. What is no regular file (a pipe, a device) cannot be replaced and is written
/// to.
void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);

/// The folder of the running program, links followed.
std::filesystem::path program_folder();

/// A file of the command line, and the option or argument that names it; an empty path was not given.
struct NamedFile {
  const char* option;
  std::string path;
};

/// Ends with a usage error where writing a file would overwrite one of the others, or is to go to stdout.
void expect_apart(const NamedFile& written, std::initializer_list<NamedFile> others);

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
