// mgt generate: text on stdout as it comes, figures on stderr.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/models.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "app/step_bounds.hpp"
#include "app/terminal.hpp"
#include "commands.hpp"
#include "generate/report.hpp"
#include "mgt/generate.hpp"

namespace mgt::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt generate --prompt 'import numpy as' -n 120\n"
    "  mgt generate --prompt '2026-01-02 10:00:00 ' -n 400 --temperature 0.7 --seed 1 --policy permissive\n"
    "  mgt generate --prompt 'def ' --temperature 1 --top-k 40 --top-p 0.95 --logprobs 3 --json\n"
    "  mgt generate --prompt \"$(tail -n 9 /var/log/dpkg.log)\" -n 400 --speculative --compare\n"
    "\n"
    "The same prompt, options and seed give the same text on every machine. Text goes to stdout as it is made,\n"
    "figures go to stderr; with --json, one object goes to stdout instead.";

struct GenerateFlags {
  SessionFlags session;
  std::string prompt;
  std::uint32_t n = 100;
  GenerateOptions options;
  bool compare = false;
  bool json = false;
};

/// The same answers, every layer run step by step.
SessionOptions without_shortcuts(SessionOptions options) {
  if (options.policy != PolicyKind::exact) return options;
  options.policy = PolicyKind::dense;
  options.replay = 0;
  return options;
}

void run(GenerateFlags flags, const CLI::App& command) {
  expect_partner(command, "--logprobs", flags.json || flags.options.logprobs == 0, "--json");
  flags.options.speculative = flags.options.speculative || flags.compare;
  // The gate of the default policy leaves layers out by itself; speculation needs one that does not. Beside it replay
  // takes what comes back.
  if (flags.options.speculative && command.count("--policy") == 0)
    flags.session.policy = mgt::name_of(PolicyKind::exact);
  const SessionOptions asked = flags.session.options();
  if (flags.prompt.empty()) fail_input("--prompt: empty, expected at least 1 byte");
  const float temperature = flags.options.temperature;
  if (temperature != 0 && !(temperature >= 0.01f && temperature <= 10)) {
    fail_usage("--temperature " + six_digits(double{temperature}) + ": expected 0, or 0.01 to 10");
  }
  const float top_p = flags.options.top_p;
  if (!(top_p > 0 && top_p <= 1)) fail_usage("--top-p " + six_digits(double{top_p}) + ": expected over 0, at most 1");
  const Model model = load_model(flags.session.model);
  const SessionOptions options = with_step_bounds(model, asked);
  Session session = open_session(model, options);
  std::optional<Session> plain;
  if (flags.compare) plain = open_session(model, without_shortcuts(options));
  stop_on_interrupt();
  const auto show = [&](std::uint8_t byte) {
    if (!flags.json) print_now({reinterpret_cast<const char*>(&byte), 1});
  };
  const std::span prompt(reinterpret_cast<const std::uint8_t*>(flags.prompt.data()), flags.prompt.size());
  const Both both = make(session, plain ? &*plain : nullptr, prompt, flags.options, flags.n, show);
  if (flags.json) {
    print_json(generate_json(session, flags.prompt.size(), flags.options, both));
    return;
  }
  const std::vector<std::uint8_t>& bytes = both.made.bytes;
  if (stdout_is_terminal() || (!bytes.empty() && bytes.back() != '\n')) print_now("\n");
  std::fprintf(stderr, "%s%s", stdout_is_terminal() ? "\n" : "", generate_text(session, flags.options, both).c_str());
}

}  // namespace

void add_generate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("generate", "Continue a prompt");
  const auto flags = std::make_shared<GenerateFlags>();
  command->add_option("--prompt", flags->prompt, "Text to continue")->required()->type_name("TEXT");
  add_whole(*command, "-n", flags->n, "Bytes to make", 1, 1 << 30)->type_name("N")->capture_default_str();
  add_number(*command, "--temperature", flags->options.temperature, "0 takes the most probable byte; up to 10")
      ->type_name("T")
      ->capture_default_str();
  add_whole(*command, "--top-k", flags->options.top_k, "Draw among the K most probable bytes; 0: all", 0, kVocabSize)
      ->type_name("K")
      ->capture_default_str();
  add_number(*command, "--top-p", flags->options.top_p, "Draw among the fewest most probable that hold this share")
      ->type_name("P")
      ->capture_default_str();
  add_whole(*command, "--seed", flags->options.seed, "Of the draws", 0, std::numeric_limits<std::uint64_t>::max())
      ->type_name("S")
      ->capture_default_str();
  add_whole(*command, "--logprobs", flags->options.logprobs, "With --json: list this many alternatives to each byte", 0,
            kMaxLogprobs)
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--speculative", flags->options.speculative,
                    "Compute what probably follows in batches: the same text, sooner (default policy: exact)");
  command->add_flag("--compare", flags->compare,
                    "Speculate, and time generation without it and without replay beside it");
  flags->session.add_all(*command);
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer(kExamples);
  command->callback([flags, command] { run(*flags, *command); });
}

}  // namespace mgt::cli
