// The subcommands: each registers its options and what to do once they are parsed.
#pragma once

namespace CLI {
class App;
}

namespace mgt::cli {

void add_run(CLI::App& app);
void add_generate(CLI::App& app);
void add_bench(CLI::App& app);
void add_inspect(CLI::App& app);
void add_convert(CLI::App& app);
void add_verify(CLI::App& app);
void add_eval(CLI::App& app);
void add_calibrate(CLI::App& app);

}  // namespace mgt::cli
