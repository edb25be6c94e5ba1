// mgt convert: a model file with its matrices in another type, or as a graph for other engines.
#include "mgt/convert.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "mgt/model.hpp"
#include "mgt/onnx.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt convert trained-f32.gguf small.gguf --type q8_0\n"
    "  mgt convert baseline step.onnx --type onnx-int8 --graph step\n"
    "\n"
    "q4_0 halves the file again; a model that was not trained for 4 bits loses quality by it.\n"
    "A model is checked as on loading, self-test included, before it is moved into place in one step: OUT is the old\n"
    "file or the whole new one.\n"
    "\n"
    "onnx writes the transformer (no gate, no stream memory) as an ONNX graph of opset 17 for other engines: onnx "
    "with\n"
    "float32 weights, onnx-int8 with DynamicQuantizeLinear and MatMulInteger, onnx-int4 with the MatMulNBits of\n"
    "onnxruntime for files with Q4_0 matrices. --graph window takes T tokens and gives the logits after the last;\n"
    "--graph step takes one token, its position and the cache (past_k, past_v), and gives the cache back (present_k,\n"
    "present_v).";

struct ConvertFlags {
  std::string input;
  std::string output;
  std::string type;
  std::string graph = "window";
  OnnxOptions onnx;
  bool json = false;
};

/// The weights of an ONNX graph; nothing where the type is a model's.
std::optional<OnnxWeights> parse_onnx_type(const std::string& text) {
  if (text == "onnx") return OnnxWeights::f32;
  if (text == "onnx-int8") return OnnxWeights::int8;
  if (text == "onnx-int4") return OnnxWeights::int4;
  return std::nullopt;
}

WeightType parse_type(const std::string& text) {
  if (text == "f32") return WeightType::f32;
  if (text == "q8_0") return WeightType::q8_0;
  if (text == "q4_0") return WeightType::q4_0;
  fail_usage("--type " + text + ": expected f32, q8_0, q4_0, onnx, onnx-int8 or onnx-int4");
}

OnnxGraph parse_graph(const std::string& text) {
  if (text == "window") return OnnxGraph::window;
  if (text == "step") return OnnxGraph::step;
  fail_usage("--graph " + text + ": expected window or step");
}

std::vector<std::byte> converted(const ConvertFlags& flags, const std::string& input,
                                 std::span<const std::byte> before) {
  if (const auto weights = parse_onnx_type(flags.type)) {
    OnnxOptions options = flags.onnx;
    options.weights = *weights;
    options.graph = parse_graph(flags.graph);
    return unwrap(export_onnx(before, options), input);
  }
  std::vector<std::byte> after = unwrap(convert(before, parse_type(flags.type)), input);
  unwrap(Model::load(after), flags.output);
  return after;
}

/// Checks the words before anything is read.
void check(const ConvertFlags& flags, const CLI::App& command) {
  const bool onnx = parse_onnx_type(flags.type).has_value();
  if (!onnx) parse_type(flags.type);
  for (const char* option : {"--graph", "--tokens", "--window", "--narrow"}) {
    expect_partner(command, option, onnx, "--type onnx, onnx-int8 or onnx-int4");
  }
  const bool window = parse_graph(flags.graph) == OnnxGraph::window;
  for (const char* option : {"--tokens", "--narrow"}) expect_partner(command, option, window, "--graph window");
}

void run(const ConvertFlags& flags) {
  const std::string input = model_path(flags.input);
  expect_apart({"OUT", flags.output}, {{"IN", input}});
  const std::vector<std::byte> before = read_file(input);
  const std::vector<std::byte> after = converted(flags, input, before);
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
  CLI::App* command =
      app.add_subcommand("convert", "Rewrite a model with its matrices in another type, or as an ONNX graph");
  const auto flags = std::make_shared<ConvertFlags>();
  command->add_option("IN", flags->input, "Model to read")->required()->type_name("");
  command->add_option("OUT", flags->output, "File to write")->required()->type_name("");
  command->add_option("--type", flags->type, "f32, q8_0, q4_0, onnx, onnx-int8 or onnx-int4")
      ->required()
      ->type_name("TYPE");
  command->add_option("--graph", flags->graph, "ONNX: window (T tokens) or step (one token and a cache)")
      ->type_name("GRAPH")
      ->capture_default_str();
  add_whole(*command, "--tokens", flags->onnx.tokens, "ONNX window graph: T, the model's context length by default", 0,
            kMostUint32)
      ->type_name("N");
  add_whole(*command, "--window", flags->onnx.window, "ONNX: attention window, the model's own by default", 0,
            kMostUint32)
      ->type_name("N");
  command->add_flag("--narrow", flags->onnx.narrow,
                    "ONNX window graph: compute only what the last position depends on");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags, command] {
    check(*flags, *command);
    run(*flags);
  });
}

}  // namespace mgt::cli
