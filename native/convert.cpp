// mgt convert: a model file with its matrices in another type.
#include "mgt/convert.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "mgt/model.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt convert trained-f32.gguf small.gguf --type q8_0\n"
    "\n"
    "q4_0 halves the file again; a model that was not trained for 4 bits loses quality by it.\n"
    "The result is checked as on loading, self-test included, before it is moved into place in one step: OUT is the\n"
    "old file or the whole new one.";

struct ConvertFlags {
  std::string input;
  std::string output;
  std::string type;
  bool json = false;
};

WeightType parse_type(const std::string& text) {
  if (text == "f32") return WeightType::f32;
  if (text == "q8_0") return WeightType::q8_0;
  if (text == "q4_0") return WeightType::q4_0;
  fail_usage("--type " + text + ": expected f32, q8_0 or q4_0");
}

void run(const ConvertFlags& flags) {
  const WeightType type = parse_type(flags.type);
  const std::string input = model_path(flags.input);
  if (input == flags.output || same_file(input, flags.output)) {
    fail_usage(flags.output + ": is the input file; write to another");
  }
  const std::vector<std::byte> before = read_file(input);
  const std::vector<std::byte> after = unwrap(convert(before, type), input);
  unwrap(Model::load(after), flags.output);
  write_file_atomically(flags.output, after);
  if (flags.json) {
    Json json;
    json["input"] = input;
    json["output"] = flags.output;
    json["type"] = flags.type;
    json["input_bytes"] = before.size();
    json["output_bytes"] = after.size();
    print_json(json);
  } else {
    print(flags.output + ": " + flags.type + ", " + bytes_text(static_cast<double>(after.size())) + " from " +
          bytes_text(static_cast<double>(before.size())) + "\n");
  }
}

}  // namespace

void add_convert(CLI::App& app) {
  CLI::App* command = app.add_subcommand("convert", "Rewrite a model with its matrices in another type");
  const auto flags = std::make_shared<ConvertFlags>();
  command->add_option("IN", flags->input, "Model to read")->required()->type_name("");
  command->add_option("OUT", flags->output, "Model to write")->required()->type_name("");
  command->add_option("--type", flags->type, "f32, q8_0 or q4_0")->required()->type_name("TYPE");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags] { run(*flags); });
}

}  // namespace mgt::cli
