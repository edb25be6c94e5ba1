// mgt inspect: what is in a model file, and what running it would take.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/json.hpp"
#include "app/models.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "mgt/inspect.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt inspect                     the model that ships with the program\n"
    "  mgt inspect my.gguf --json\n"
    "\n"
    "Lists keys and tensors of any GGUF file. A model of this program is loaded as well, self-test included, and its\n"
    "shape and memory plan are shown: a session allocates exactly its plan; loading a model takes more for a moment.";

/// The file, and the model in it where it is one of ours.
struct Inspected {
  std::string path;
  std::size_t size_bytes = 0;
  FileDescription file;
  std::optional<Model> model;
};

Inspected inspect(const std::string& path) {
  const std::vector<std::byte> bytes = read_file(path);
  Inspected result{path, bytes.size(), unwrap(describe(bytes), path), std::nullopt};
  for (const FileKey& key : result.file.keys) {
    if (key.name == "general.architecture" && key.value == "mgt") result.model = unwrap(Model::load(bytes), path);
  }
  return result;
}

Json shape_json(const Model& model) {
  const ModelConfig& config = model.config();
  Json json;
  json["name"] = model.name();
  json["hash"] = hex16(model.hash());
  json["n_layers"] = config.n_layers;
  json["hidden"] = config.hidden;
  json["n_heads"] = config.n_heads;
  json["n_kv_heads"] = config.n_kv_heads;
  json["head_dim"] = config.head_dim;
  json["ffn"] = config.ffn;
  json["context_length"] = config.context_length;
  json["window"] = config.window;
  json["window_min"] = config.window_min;
  json["window_max"] = config.window_max;
  json["rms_eps"] = static_cast<double>(config.rms_eps);
  json["rope_theta"] = static_cast<double>(config.rope_theta);
  return json;
}

Json memory_json(const Model& model, const SessionPlan& plan) {
  Json json;
  json["model_bytes"] = model.size_bytes();
  json["kv_cache_bytes"] = plan.kv_cache_bytes;
  json["skip_table_bytes"] = plan.skip_table_bytes;
  json["byte_table_bytes"] = plan.byte_table_bytes;
  json["window_cache_bytes"] = plan.window_cache_bytes;
  json["scratch_bytes"] = plan.scratch_bytes;
  json["memory_bytes"] = plan.memory_bytes;
  json["gate_bytes"] = plan.gate_bytes;
  json["replay_bytes"] = plan.replay_bytes;
  json["session_bytes"] = plan.total_bytes;
  return json;
}

Json to_json(const Inspected& inspected, const std::optional<SessionPlan>& plan) {
  Json json;
  json["file"] = inspected.path;
  json["size_bytes"] = inspected.size_bytes;
  json["version"] = inspected.file.version;
  json["alignment"] = inspected.file.alignment;
  json["parameters"] = inspected.file.n_parameters;
  json["model"] = plan ? shape_json(*inspected.model) : Json();
  json["memory"] = plan ? memory_json(*inspected.model, *plan) : Json();
  json["keys"] = Json::array();
  for (const FileKey& key : inspected.file.keys) {
    json["keys"].push_back({{"name", key.name}, {"type", key.type}, {"value", key.value}});
  }
  json["tensors"] = Json::array();
  for (const FileTensor& tensor : inspected.file.tensors) {
    json["tensors"].push_back({{"name", tensor.name},
                               {"type", tensor.type},
                               {"shape", tensor.shape},
                               {"size_bytes", tensor.size_bytes},
                               {"held_as", tensor.held_as}});
  }
  return json;
}

/// A name and a value per line, as `json` has them.
std::string facts(const char* title, const Json& json) {
  Table table;
  for (const auto& [key, value] : json.items()) {
    table.row({key, value.is_number_unsigned() ? with_commas(value.get<std::uint64_t>())
                    : value.is_string()        ? value.get<std::string>()
                                               : json_number(value.get<double>())});
  }
  return "\n" + bold(title) + "\n" + table.text();
}

std::string to_text(const Inspected& inspected, const std::optional<SessionPlan>& plan) {
  std::string text = bold(inspected.path) + "  " + bytes_text(static_cast<double>(inspected.size_bytes)) + ", " +
                     with_commas(inspected.file.n_parameters) + " parameters, GGUF version " +
                     std::to_string(inspected.file.version) + "\n";
  if (plan) {
    text += facts("Shape", shape_json(*inspected.model));
    text += facts("Memory plan", memory_json(*inspected.model, *plan));
  } else {
    text += "Not an mgt model: no shape, no memory plan.\n";
  }
  text += "\n" + bold("Keys") + "\n";
  for (const FileKey& key : inspected.file.keys)
    text += "  " + key.name + dim("  " + key.type + "  ") + key.value + "\n";
  text += "\n" + bold("Tensors") + "\n";
  Table tensors;
  for (const FileTensor& tensor : inspected.file.tensors) {
    std::string shape;
    for (const std::uint64_t n : tensor.shape) shape += (shape.empty() ? "" : " x ") + std::to_string(n);
    tensors.row({tensor.name, tensor.type, shape, with_commas(tensor.size_bytes) + " B", dim(tensor.held_as)});
  }
  return text + tensors.text();
}

void run(const std::string& choice, bool as_json) {
  const Inspected inspected = inspect(model_path(choice));
  std::optional<SessionPlan> plan;
  if (inspected.model) plan = unwrap(Session::plan(*inspected.model, SessionOptions{}), inspected.path);
  if (as_json) {
    print_json(to_json(inspected, plan));
  } else {
    print(to_text(inspected, plan));
  }
}

}  // namespace

void add_inspect(CLI::App& app) {
  CLI::App* command = app.add_subcommand("inspect", "Show a model file: shape, memory plan, keys, tensors");
  const auto model = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command
      ->add_option("MODEL", *model, "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)")
      ->type_name("");
  command->add_flag("--json", *json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([model, json] { run(*model, *json); });
}

}  // namespace mgt::cli
