// Uses the installed library: reads a model file and says what it is, or why it cannot.
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mgt/model.hpp>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto model = mgt::Model::load(std::as_bytes(std::span(bytes)));
  if (!model) {
    std::printf("%s: %s\n", mgt::errc_name(model.error().code()), model.error().message());
    return 1;
  }
  std::printf("%s: %u layers\n", model->name(), model->config().n_layers);
}
