// How files are written: replaced in one move where they are regular, and otherwise written to as they are.
#ifdef MGT_CLI
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "cli/process.hpp"

namespace {

namespace fs = std::filesystem;
using mgt::test::Folder;
using mgt::test::run_mgt;

int convert(const std::string& model, const std::string& out) {
  return run_mgt({"convert", model, out, "--type", "q8_0"}).exit;
}

fs::perms mode_of(const std::string& path) {
  return fs::status(path).permissions();
}

/// A named pipe that holds what is written into it until it is read.
class Pipe {
 public:
  explicit Pipe(const std::string& path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    fd_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(fd_ >= 0);
    REQUIRE(::fcntl(fd_, F_SETPIPE_SZ, 1 << 20) >= 0);
  }
  ~Pipe() { ::close(fd_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string read() {
    std::string bytes(1 << 20, '\0');
    std::size_t used = 0;
    for (ssize_t n = 0; (n = ::read(fd_, bytes.data() + used, bytes.size() - used)) > 0;) {
      used += static_cast<std::size_t>(n);
    }
    bytes.resize(used);
    return bytes;
  }

 private:
  int fd_ = -1;
};

}  // namespace

TEST_CASE("a pipe is written to and stays one", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  REQUIRE(convert(model, folder / "plain") == 0);
  Pipe pipe(folder / "pipe");
  CHECK(convert(model, folder / "pipe") == 0);
  CHECK(fs::is_fifo(folder / "pipe"));
  CHECK(pipe.read() == folder.read("plain"));
}

TEST_CASE("a link stays a link and its target is replaced", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  REQUIRE(convert(model, folder / "plain") == 0);
  fs::create_directory(folder / "there");
  fs::create_symlink("there/target", folder / "link");
  for (const char* before : {"absent", "present"}) {
    INFO(before);
    CHECK(convert(model, folder / "link") == 0);
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(folder.read("there/target") == folder.read("plain"));
    folder.write("there/target", "old bytes");
  }
}

TEST_CASE("a file keeps its permissions when it is replaced", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string out = folder / "out";
  const mode_t mask = ::umask(027);
  REQUIRE(convert(model, out) == 0);
  ::umask(mask);
  CHECK(mode_of(out) == fs::perms{0640});
  for (const auto mode : {fs::perms{0600}, fs::perms{0664}}) {
    fs::permissions(out, mode);
    REQUIRE(convert(model, out) == 0);
    CHECK(mode_of(out) == mode);
  }
}
#endif
