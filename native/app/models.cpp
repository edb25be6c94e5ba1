#include "app/models.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "app/failure.hpp"
#include "app/files.hpp"

namespace mgt::cli {
namespace {

namespace fs = std::filesystem;

struct ShippedModel {
  std::string_view word;
  const char* file;
};
constexpr std::array kShipped{ShippedModel{"micro", "micro-q8_0.gguf"}, ShippedModel{"baseline", "baseline-q4_q8.gguf"},
                              ShippedModel{"baseline-int4", "baseline-q4_0.gguf"}};

/// Where a shipped model's file lies: in the tree that this program was built in, or where it was installed.
std::string shipped(const std::string& file) {
  std::error_code ignored;
  const fs::path folder = program_folder();
  const std::array folders{(folder / "../../models").lexically_normal(),
                           (folder / "../share/mgt/models").lexically_normal()};
  for (const fs::path& candidate : folders) {
    if (fs::exists(candidate / file, ignored)) return (candidate / file).string();
  }
  fail_input("no " + file + " in " + folders[0].string() + " or " + folders[1].string() +
             "; name a model with --model or MGT_MODEL");
}

}  // namespace

std::string model_path(const std::string& choice) {
  for (const ShippedModel& model : kShipped) {
    if (choice == model.word) return shipped(model.file);
  }
  if (!choice.empty()) return choice;
  const char* from_environment = std::getenv("MGT_MODEL");
  return from_environment != nullptr && *from_environment != '\0' ? from_environment : model_path("baseline");
}

Model load_model(const std::string& choice) {
  const std::string path = model_path(choice);
  return unwrap(Model::load(read_file(path)), path);
}

}  // namespace mgt::cli
