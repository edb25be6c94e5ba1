// Code compiled for one instruction set must not be reachable from elsewhere: an inline function emitted as a weak
// symbol by avx512vnni.cpp could be the copy that the linker keeps for everyone.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>

// Debug and sanitizer builds emit every inline function; what ships is the optimised build.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MGT_TEST_SANITIZED
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(MGT_TEST_SANITIZED)

namespace {

struct Close {
  void operator()(std::FILE* pipe) const { ::pclose(pipe); }
};

}  // namespace

TEST_CASE("architecture files export their table and nothing else", "[kernels]") {
  const auto library = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "libmgt_core.a";
  if (!std::filesystem::exists(library)) SKIP("no static library beside the tests");
  const std::string command =
      "nm --defined-only --extern-only --print-file-name '" + library.string() + "' 2>/dev/null";
  std::unique_ptr<std::FILE, Close> pipe(::popen(command.c_str(), "r"));
  REQUIRE(pipe != nullptr);

  int tables = 0;
  char line[4096];
  while (std::fgets(line, sizeof line, pipe.get()) != nullptr) {
    const std::string text(line);
    for (const char* arch : {"sse42", "avx2", "avx512vnni", "amx"}) {
      if (text.find(std::string(":") + arch + ".cpp") == std::string::npos) continue;
      INFO(text);
      CHECK(text.find(std::string("kernels_") + arch) != std::string::npos);
      ++tables;
    }
  }
  if (tables == 0) SKIP("nm is not installed");
  CHECK(tables == 4);
}

#endif
