#include "app/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "app/failure.hpp"

namespace mgt::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{2} << 30;

volatile std::sig_atomic_t interrupt_seen = 0;

/// An open file that closes itself.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

int open_to_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_errno(path);
  return fd;
}

/// Removes a temporary file unless it was renamed into place.
class Temporary {
 public:
  explicit Temporary(const std::string& path) : name_(path + ".XXXXXX"), file_{::mkstemp(name_.data())} {
    if (file_.fd < 0) fail_errno(path);
  }
  ~Temporary() {
    if (!moved_) ::unlink(name_.c_str());
  }
  int fd() const noexcept { return file_.fd; }
  void move_to(const std::string& path) {
    if (::rename(name_.c_str(), path.c_str()) != 0) fail_errno(path);
    moved_ = true;
  }

 private:
  std::string name_;
  Descriptor file_;
  bool moved_ = false;
};

void write_all(int fd, const std::string& path, std::span<const std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path);
    done += static_cast<std::size_t>(n);
  }
}

void write_in_place(const std::string& path, std::span<const std::byte> bytes) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  if (file.fd < 0) fail_errno(path);
  write_all(file.fd, path, bytes);
}

mode_t mode_of_new_files() {
  const mode_t mask = ::umask(0);  // which cannot be read without being set
  ::umask(mask);
  return 0666 & ~mask;
}

/// old: the file that is there, if any, whose owner and permissions the new one gets.
void replace_file(const std::string& path, std::span<const std::byte> bytes, const struct stat* old) {
  Temporary temporary(path);
  write_all(temporary.fd(), path, bytes);
  // Only root may give files away; what others write is theirs.
  if (old != nullptr && ::fchown(temporary.fd(), old->st_uid, old->st_gid) != 0 && errno != EPERM) fail_errno(path);
  const mode_t mode = old != nullptr ? old->st_mode & 0777 : mode_of_new_files();
  if (::fchmod(temporary.fd(), mode) != 0 || ::fsync(temporary.fd()) != 0) fail_errno(path);
  temporary.move_to(path);
}

/// Whether both paths lead to one file, which may not exist yet. What is no regular file is written to, not replaced:
/// two may share it.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  if (fs::exists(a, ignored)) return fs::is_regular_file(a, ignored) && fs::equivalent(a, b, ignored);
  return fs::weakly_canonical(fs::absolute(a, ignored), ignored) ==
         fs::weakly_canonical(fs::absolute(b, ignored), ignored);
}

}  // namespace

std::vector<std::byte> read_file(const std::string& path) {
  const Descriptor file{open_to_read(path)};
  struct stat info{};
  std::vector<std::byte> bytes;
  if (::fstat(file.fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    bytes.reserve(std::min(static_cast<std::size_t>(info.st_size), kMaxFileBytes) + 1);
  }
  std::size_t used = 0;
  for (;;) {
    if (used > kMaxFileBytes) {
      fail_input(path + ": over the limit of " + std::to_string(kMaxFileBytes) + " bytes");
    }
    bytes.resize(std::max<std::size_t>(bytes.capacity(), used + 65536));
    const ssize_t n = ::read(file.fd, bytes.data() + used, bytes.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
  }
  bytes.resize(used);
  return bytes;
}

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  struct stat old{};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  std::error_code ignored;
  const bool link_to_nothing = !exists && fs::is_symlink(path, ignored);
  if (link_to_nothing || (exists && !S_ISREG(old.st_mode))) {
    write_in_place(path, bytes);
  } else if (exists) {
    replace_file(fs::canonical(path, ignored).string(), bytes, &old);
  } else {
    replace_file(path, bytes, nullptr);
  }
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

void expect_apart(const NamedFile& written, std::initializer_list<NamedFile> others) {
  if (written.path.empty()) return;
  if (written.path == "-") fail_usage(std::string(written.option) + " -: expected a file; stdout is the report's");
  for (const NamedFile& other : others) {
    if (!other.path.empty() && same_file(written.path, other.path)) {
      fail_usage(std::string(written.option) + " " + written.path + ": is the file of " + other.option +
                 "; write to another");
    }
  }
}

ByteSource::ByteSource(const std::string& path)
    : name_(path == "-" ? "stdin" : path), descriptor_(path == "-" ? STDIN_FILENO : open_to_read(path)) {
  struct stat info{};
  if (::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode)) size_ = static_cast<std::uint64_t>(info.st_size);
}

ByteSource::~ByteSource() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::size_t ByteSource::read(std::span<std::uint8_t> block) {
  while (!interrupted()) {
    const ssize_t n = ::read(descriptor_, block.data(), block.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) fail_errno(name_);
  }
  return 0;
}

void stop_on_interrupt() {
  struct sigaction action{};
  action.sa_handler = [](int) { interrupt_seen = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // and no SA_RESTART: a waiting read() must return
  ::sigaction(SIGINT, &action, nullptr);
}

bool interrupted() noexcept {
  return interrupt_seen != 0;
}

}  // namespace mgt::cli
