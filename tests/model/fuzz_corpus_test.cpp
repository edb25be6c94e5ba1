#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "mgt/inspect.hpp"
#include "model/load.hpp"

using namespace mgt;

TEST_CASE("every input that a fuzzer found interesting is handled", "[model][fuzz]") {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MGT_SOURCE_DIR "/tests/fuzz/corpus/gguf")) {
    std::ifstream stream(entry.path(), std::ios::binary);
    std::vector<char> file((std::istreambuf_iterator<char>(stream)), {});
    const auto header = std::as_bytes(std::span(file));
    if (Model::plan(header)) CHECK(describe(header));
    file.resize(file.size() + 16384);  // tensors of zeros
    const auto bytes = std::as_bytes(std::span(file));
    const auto model = detail::load_model_data(bytes, detail::SelfTest::skip);
    if (model) CHECK(Model::plan(bytes) == (*model)->size_bytes);
    ++n;
  }
  CHECK(n > 0);
}
