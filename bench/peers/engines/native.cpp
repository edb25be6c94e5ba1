// The native library as an engine of bench/peers: one request per line on stdin, one answer per line on stdout, JSON.
//
//   {"op": "open", "id": "a", "model": FILE, "task": "step" | "window" | "prefill", "tokens": N, "everything": false}
//   {"op": "logits", "id": "a", "tokens": [1, 2, ...]}                -> {"logits": [256 numbers]}
//   {"op": "time", "id": "a", "warm_ms": 4, "ms": 25, "least": 1}     -> {"us": [one number per run]}
//   {"op": "about"}                                                   -> {"about": "mgt avx512vnni"}
// An answer of {"error": TEXT} ends the run.
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "mgt/kernels.hpp"
#include "mgt/session.hpp"

namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

template <class T>
T unwrap(mgt::Expected<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return *std::move(result);
}

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// `everything`: with stream memory and coherence, as a user's session has them; otherwise the transformer alone,
/// which is what the other engines compute.
mgt::SessionOptions options_of(bool everything, std::uint32_t n_tokens) {
  mgt::SessionOptions options;
  options.window_tokens = n_tokens;
  options.policy = mgt::PolicyKind::dense;
  options.kv = mgt::KvMode::exact;
  options.tier = mgt::Tier::full;
  options.memory = everything;
  options.coherence = everything;
  return options;
}

/// A session and what one run of it is.
class Case {
 public:
  explicit Case(const Json& request)
      : task_(request.at("task")),
        n_tokens_(request.value("tokens", 1u)),
        stream_(read_bytes(request.at("stream"))),
        session_(open(request.at("model"), options_of(request.value("everything", false), n_tokens_))) {}

  void run() { sink_ = sink_ + call(next()).logits()[0]; }

  std::vector<float> logits(const std::vector<std::uint8_t>& tokens) {
    session_.reset();
    mgt::StepView view;
    if (task_ == "step") {
      for (const std::uint8_t token : tokens) view = unwrap(session_.step(token));
    } else {
      view = call(tokens);
    }
    return {view.logits().begin(), view.logits().end()};
  }

 private:
  static mgt::Session open(const std::string& path, const mgt::SessionOptions& options) {
    const std::vector<std::uint8_t> file = read_bytes(path);
    const mgt::Model model = unwrap(mgt::Model::load(std::as_bytes(std::span(file))));
    return unwrap(mgt::Session::create(model, options));
  }

  std::span<const std::uint8_t> next() {
    if (at_ + n_tokens_ > stream_.size()) at_ = 0;
    at_ += n_tokens_;
    return std::span(stream_).subspan(at_ - n_tokens_, n_tokens_);
  }

  mgt::StepView call(std::span<const std::uint8_t> tokens) {
    if (task_ == "step") return unwrap(session_.step(tokens[0]));
    if (task_ == "window") return unwrap(session_.infer(tokens));
    return unwrap(session_.prefill(tokens));
  }

  std::string task_;
  std::uint32_t n_tokens_;
  std::vector<std::uint8_t> stream_;
  std::size_t at_ = 0;
  mgt::Session session_;
  volatile float sink_ = 0;
};

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// Runs for warm_ms without looking, then for `ms` and at least `least` times.
Json time_runs(Case& one, double warm_ms, double ms, std::size_t least) {
  Clock::time_point start = Clock::now();
  do {
    one.run();
  } while (microseconds_since(start) < 1000 * warm_ms);
  std::vector<double> us;
  start = Clock::now();
  while (us.size() < least || microseconds_since(start) < 1000 * ms) {
    const Clock::time_point before = Clock::now();
    one.run();
    us.push_back(microseconds_since(before));
  }
  return {{"us", us}};
}

Json answer(std::map<std::string, Case>& cases, const Json& request) {
  const std::string op = request.at("op");
  if (op == "about") return {{"about", std::string("mgt ") + mgt::current_arch()}};
  const std::string id = request.at("id");
  if (op == "open") {
    cases.emplace(id, request);
    return Json::object();
  }
  Case& one = cases.at(id);
  if (op == "logits") return {{"logits", one.logits(request.at("tokens"))}};
  return time_runs(one, request.at("warm_ms"), request.at("ms"), request.at("least"));
}

}  // namespace

int main() {
  std::map<std::string, Case> cases;
  for (std::string line; std::getline(std::cin, line);) {
    Json reply;
    try {
      reply = answer(cases, Json::parse(line));
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    std::cout << reply.dump() << std::endl;
  }
}
