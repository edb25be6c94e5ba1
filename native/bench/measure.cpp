#include "bench/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "app/failure.hpp"
#include "app/quantile.hpp"
#include "app/session_flags.hpp"
#include "bench/machine.hpp"
#include "mgt/kernels.hpp"
#include "model/data.hpp"

namespace mgt::cli {
namespace {

/// Lines of a service's log with running numbers: repetitive, as streams are, and never quite the same.
std::vector<std::uint8_t> sample_stream(std::size_t size) {
  static constexpr const char* kVerbs[] = {"accepted", "closed", "queued", "retried", "forwarded"};
  std::vector<std::uint8_t> bytes;
  std::uint32_t random = 1;
  for (std::uint32_t i = 0; bytes.size() < size; ++i) {
    random = random * 1664525u + 1013904223u;
    char line[128];
    const int n =
        std::snprintf(line, sizeof line, "2026-01-02 10:%02u:%02u worker[%u]: request %u %s in %u ms\n", i / 60 % 60,
                      i % 60, 100 + random % 7, 4000 + i, kVerbs[random >> 16 & 3], random >> 24);
    bytes.insert(bytes.end(), line, line + n);
  }
  bytes.resize(size);
  return bytes;
}

SessionOptions options_of(const BenchCase& bench) {
  SessionOptions options;
  options.memory = bench.memory;
  options.window_capacity = bench.capacity;
  if (bench.mode == BenchMode::push) {
    options.policy = PolicyKind::exact;
    options.replay = 0;  // what batches bring, without what repetition brings
    return options;
  }
  options.policy = PolicyKind::dense;
  options.tier = bench.tier;
  options.kv = KvMode::propagate;  // no debts: a run at one tier costs what that tier costs
  return options;
}

std::uint32_t tokens_of(const BenchCase& bench, const ModelConfig& config) noexcept {
  if (bench.mode == BenchMode::window) return config.context_length;
  return bench.mode == BenchMode::push ? bench.every : 1;
}

/// Runs the case again and again over its stream, counting the multiply-adds and the cache's bytes.
class Runner {
 public:
  Runner(const Model& model, const BenchCase& bench)
      : session_(open_session(model, options_of(bench))),
        bench_(bench),
        tokens_(tokens_of(bench, model.config())),
        stream_(sample_stream(std::size_t{1} << 16)) {
    if (bench.mode == BenchMode::window && bench.tier == Tier::skip) next(Tier::full);
  }

  std::uint32_t tokens() const noexcept { return tokens_; }

  /// One run; returns microseconds.
  double run() { return next(bench_.tier); }

  /// Multiply-adds since construction.
  double macs() const noexcept {
    return bench_.mode == BenchMode::window ? window_macs_ : static_cast<double>(session_.stats().macs);
  }
  double kv_bytes() const noexcept { return kv_bytes_; }

 private:
  double next(Tier tier) {
    if (at_ + tokens_ > stream_.size()) at_ = 0;
    const std::span<const std::uint8_t> tokens(stream_.data() + at_, tokens_);
    const auto start = std::chrono::steady_clock::now();
    const Expected<StepView> view = compute(tokens, tier);
    const double us = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (!view) fail_with(view.error(), "");
    at_ += tokens_;
    count(*view->witness);
    return us;
  }

  Expected<StepView> compute(std::span<const std::uint8_t> tokens, Tier tier) {
    if (bench_.mode == BenchMode::window) return session_.infer(tokens, tier);
    if (bench_.mode == BenchMode::step) return session_.step(tokens[0]);
    if (auto view = session_.push(tokens); !view) return view;
    return session_.logits();
  }

  void count(const Witness& witness) noexcept {
    kv_bytes_ += witness.kv_bytes_read + witness.kv_bytes_written;
    window_macs_ += static_cast<double>(session_.window_macs());
  }

  Session session_;
  BenchCase bench_;
  std::uint32_t tokens_;
  std::vector<std::uint8_t> stream_;
  std::size_t at_ = 0;
  double window_macs_ = 0;
  double kv_bytes_ = 0;
};

double median_of_runs(Runner& runner, std::size_t n) {
  std::vector<double> times;
  for (std::size_t i = 0; i < n; ++i) times.push_back(runner.run());
  return quantile<double>(times, 0.5);
}

/// Bytes of the matrices that a run of so many layers reads at most, the head among them.
double weight_bytes(const detail::ModelData& data, std::uint32_t layers) {
  if (layers == 0) return 0;
  std::size_t bytes = data.head.size_bytes();
  for (std::uint32_t n = 0; n < layers; ++n) {
    const detail::LayerWeights& layer = data.layers[n];
    for (const PackedMatrix& matrix : {layer.qkv, layer.attn_output, layer.ffn_up, layer.ffn_down}) {
      bytes += matrix.size_bytes();
    }
  }
  return static_cast<double>(bytes);
}

}  // namespace

BenchResult measure(const Model& model, const BenchCase& bench) {
  static constexpr std::uint32_t kRounds = 50;
  const std::string arch = current_arch();
  Runner runner(model, bench);
  const std::size_t warm_up = bench.mode == BenchMode::step ? 512 : 10;
  const double typical = median_of_runs(runner, warm_up);
  use_arch("scalar");
  const double scalar_typical = median_of_runs(runner, 3);
  std::optional<Runner> stepper;
  if (bench.mode == BenchMode::push) {
    BenchCase one_by_one = bench;
    one_by_one.mode = BenchMode::step;
    stepper.emplace(model, one_by_one);
  }

  const std::uint32_t per_round = (bench.runs + kRounds - 1) / kRounds;
  const double scalar_share = std::min(1.0, typical / scalar_typical);
  const auto scalar_per_round = static_cast<std::uint32_t>(std::ceil(per_round * scalar_share));
  std::vector<double> times;
  std::vector<double> scalar_times;
  std::vector<double> stepping_times;
  double macs = 0;
  double kv_bytes = 0;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    use_arch(arch.c_str());
    macs -= runner.macs();
    kv_bytes -= runner.kv_bytes();
    for (std::uint32_t i = 0; i < per_round; ++i) times.push_back(runner.run());
    macs += runner.macs();
    kv_bytes += runner.kv_bytes();
    if (stepper) {
      for (std::uint32_t i = 0; i < per_round; ++i) stepping_times.push_back(stepper->run() * runner.tokens());
    }
    use_arch("scalar");
    for (std::uint32_t i = 0; i < scalar_per_round; ++i) scalar_times.push_back(runner.run());
  }
  use_arch(arch.c_str());

  const ModelConfig& config = model.config();
  const std::uint32_t layers = config.tier_layers(bench.tier);
  const double n = static_cast<double>(times.size());
  BenchResult result;
  result.runs = static_cast<std::uint32_t>(times.size());
  result.tokens = runner.tokens();
  result.p50_us = quantile<double>(times, 0.5);
  result.p99_us = quantile<double>(times, 0.99);
  result.scalar_p50_us = quantile<double>(scalar_times, 0.5);
  if (!stepping_times.empty()) result.stepping_p50_us = quantile<double>(stepping_times, 0.5);
  result.macs = macs / n;
  result.bytes = kv_bytes / n + weight_bytes(model.data(), layers);
  if (layers > 0) result.read_limit = read_bandwidth(static_cast<std::size_t>(result.bytes)) * 1e-9;
  return result;
}

}  // namespace mgt::cli
