// mgt: streams, text and facts from the command line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <new>

#include "app/failure.hpp"
#include "app/options.hpp"
#include "app/output.hpp"
#include "app/session_flags.hpp"
#include "commands.hpp"

namespace {

using namespace mgt::cli;

constexpr const char* kExamples =
    "Examples:\n"
    "  mgt run --compare /var/log/dpkg.log     stream a file, gated beside dense\n"
    "  tail -f app.log | mgt run --trace t.jsonl\n"
    "  mgt generate --prompt 'def main(' -n 200\n"
    "  mgt bench --config micro --tier all\n"
    "\n"
    "Environment:\n"
    "  MGT_MODEL  model file used without --model\n"
    "  MGT_ARCH   instruction set to use: avx512vnni, amx, avx2, sse42 or scalar; all give the same bits\n"
    "  NO_COLOR   no colours\n"
    "\n"
    "Exit codes: 0 ok, 1 bad input, 2 usage, 3 internal.";

/// One line on stderr, whatever file names or messages contain.
int report(Exit exit, std::string what) {
  std::replace_if(what.begin(), what.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  std::fprintf(stderr, "mgt: %s\n", what.c_str());
  return static_cast<int>(exit);
}

/// CLI11's words in our form: without its second line, beginning in lower case.
std::string worded(const CLI::ParseError& error) {
  std::string what = error.what();
  what = what.substr(0, what.find('\n'));
  if (what.size() > 1 && std::islower(static_cast<unsigned char>(what[1]))) {
    what[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(what[0])));
  }
  return what + " (see --help)";
}

int run(int argc, char** argv) {
  CLI::App app{"A mincut-gated transformer for streams of bytes.", "mgt"};
  app.footer(kExamples);
  app.set_version_flag("--version", "mgt " MGT_VERSION);
  app.require_subcommand(0, 1);  // none is told apart below: CLI11 takes a misspelt one for none
  app.parse_complete_callback(choose_arch);
  add_run(app);
  add_generate(app);
  add_bench(app);
  add_inspect(app);
  add_convert(app);
  add_verify(app);
  add_eval(app);
  add_calibrate(app);
  refuse_empty_values(app, {argv + 1, argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
  } catch (const CLI::CallForVersion& version) {
    print(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    return report(Exit::usage, worded(error));
  }
  if (app.get_subcommands().empty() && argc < 2) {
    return report(
        Exit::usage,
        "no command: expected run, generate, bench, inspect, convert, verify, eval or calibrate (see --help)");
  }
  flush_output();
  return static_cast<int>(Exit::done);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a write says EPIPE instead
  std::signal(SIGXFSZ, SIG_IGN);  // ... and EFBIG
  try {
    return run(argc, argv);
  } catch (const Failure& failure) {
    return report(failure.exit(), failure.what());
  } catch (const BrokenPipe&) {
    return static_cast<int>(Exit::done);
  } catch (const std::bad_alloc&) {
    return report(Exit::internal, "out of memory");
  } catch (const std::exception& error) {
    return report(Exit::internal, error.what());
  }
}
