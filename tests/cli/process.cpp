#ifdef MGT_CLI
#include "cli/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

/// A null-terminated array of pointers into `strings`, as exec takes it.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& s : strings) result.push_back(s.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const Surroundings& around) {
  std::vector<std::string> variables;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string name(*entry, std::strcspn(*entry, "="));
    if (name != "MGT_MODEL" && !around.environment.contains(name)) variables.push_back(*entry);
  }
  for (const auto& [name, value] : around.environment) variables.push_back(name + "=" + value);
  return variables;
}

/// The writing end of a pipe whose reading end is closed.
int deserted_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  ::close(ends[0]);
  return ends[1];
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "mgt-cli-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

Folder::~Folder() {
  std::filesystem::remove_all(path_);
}

std::string Folder::write(const std::string& name, std::string_view text) const {
  std::ofstream(*this / name, std::ios::binary) << text;
  return *this / name;
}

std::string Folder::write(const std::string& name, std::span<const std::byte> bytes) const {
  return write(name, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string Folder::write_model() const {
  static const std::vector<std::byte> file = tiny_gguf();
  return write("tiny.gguf", file);
}

std::string Folder::read(const std::string& name) const {
  std::ifstream file(*this / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Said run_mgt(std::vector<std::string> arguments, const Surroundings& around) {
  const Folder folder;
  const std::string input = folder.write("in", around.input);
  const std::string output = around.output.empty() ? folder / "out" : around.output;
  const std::string errors = folder / "err";
  const int deserted = around.reader_gone ? deserted_pipe() : -1;

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  if (deserted >= 0)
    ::posix_spawn_file_actions_adddup2(&actions, deserted, 1);
  else
    ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);

  arguments.insert(arguments.begin(), MGT_CLI);
  std::vector<std::string> variables = environment_of(around);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, MGT_CLI, &actions, nullptr, pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (deserted >= 0) ::close(deserted);
  if (failed != 0) std::abort();
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          around.output.empty() ? folder.read("out") : "", folder.read("err")};
}

std::string sample_text(std::size_t size) {
  std::string text;
  for (unsigned i = 0; text.size() < size; ++i) {
    text += "2026-01-02 10:00:" + std::to_string(10 + i % 50) + " worker[7]: request " + std::to_string(4000 + i * i) +
            " done\n";
  }
  text.resize(size);
  return text;
}

}  // namespace mgt::test
#endif
