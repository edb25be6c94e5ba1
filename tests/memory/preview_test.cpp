// A preview says what the memory would say, and leaves no trace in it.
#include "memory/preview.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "memory/storage.hpp"

namespace mgt::memory {
namespace {

void feed(StreamMemory& memory, const std::string& text, MemoryPrediction& p) {
  for (const char c : text) {
    memory.predict(p);
    memory.update(static_cast<std::uint8_t>(c));
  }
  memory.predict(p);
}

TEST_CASE("a preview leaves no trace, wherever the history's ring stands", "[memory][preview]") {
  MemoryOptions options;
  options.memory_bytes = kMinMemoryBytes;
  options.history_bytes = 4096;
  const std::size_t n = StreamMemory::plan_bytes(options);
  test::AlignedStorage storage(n);
  StreamMemory memory(storage.bytes(), options);
  const std::string log = mgt::test::sample_log(300);
  MemoryPrediction p;
  for (std::size_t i = 0; i < std::min<std::size_t>(log.size(), 9000); ++i) {
    memory.predict(p);
    if (i % 7 == 0) {
      const std::vector<std::byte> before(storage.bytes().begin(), storage.bytes().end());
      {
        Preview preview(memory);
        MemoryPrediction out;
        for (std::size_t k = 0; k < i % (Preview::kMaxBytes + 1); ++k)
          preview.advance(static_cast<std::uint8_t>(i * k), out);
      }
      REQUIRE(std::memcmp(before.data(), storage.bytes().data(), n) == 0);
    }
    memory.update(static_cast<std::uint8_t>(log[i]));
  }
}

TEST_CASE("a preview follows a repetition further than the memory has seen it", "[memory][preview]") {
  MemoryOptions options;
  test::AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  const std::string period = "abcdefghijk";  // shorter than the preview: it runs into its own bytes
  std::string text;
  for (int i = 0; i < 30; ++i) text += period;
  MemoryPrediction p;
  feed(memory, text, p);
  Preview preview(memory);
  for (std::size_t k = 0; k < Preview::kMaxBytes; ++k) {
    REQUIRE(p.predicted == static_cast<std::uint8_t>(period[k % period.size()]));
    preview.advance(p.predicted, p);
  }
}

}  // namespace
}  // namespace mgt::memory
