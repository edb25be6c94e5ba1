#include "eval/signals.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/failure.hpp"
#include "app/files.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

using Distribution = std::array<float, kVocabSize>;

constexpr std::size_t kTickBytes = 256;

Distribution softmax(std::span<const float> logits) {
  Distribution p;
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = std::exp(logits[i] - largest);
  for (float& x : p) x = static_cast<float>(x / sum);
  return p;
}

Reading read_distribution(std::span<const float> p) {
  Reading reading;
  const auto top = std::max_element(p.begin(), p.end());
  float second = 0;
  double entropy = 0;
  for (auto it = p.begin(); it != p.end(); ++it) {
    if (it != top) second = std::max(second, *it);
    if (*it > 0) entropy -= *it * std::log(*it);
  }
  reading.top = static_cast<std::uint8_t>(top - p.begin());
  reading.top_probability = *top;
  reading.margin = *top - second;
  reading.entropy = static_cast<float>(entropy);
  return reading;
}

float cost_of(std::span<const float> p, std::uint8_t next) {
  return -std::log(std::max(p[next], 1e-30f));
}

SessionOptions at_tier(Tier tier) {
  SessionOptions options;
  options.policy = PolicyKind::dense;
  options.tier = tier;
  return options;
}

StepView stepped(Session& session, std::uint8_t byte) {
  return unwrap(session.step(byte), "");
}

}  // namespace

SignalProbe::SignalProbe(const Model& model) : memory_(open_session(model, at_tier(Tier::skip))), attention_(model) {
  for (const Tier tier : {Tier::safe, Tier::reduced, Tier::full}) {
    const std::uint32_t layers = model.config().tier_layers(tier);
    if (!exit_layers_.empty() && exit_layers_.back() == layers) continue;
    exit_layers_.push_back(layers);
    exits_.push_back(open_session(model, at_tier(tier)));
  }
}

std::vector<Signals> SignalProbe::read(std::span<const std::uint8_t> bytes,
                                       const std::function<void(std::uint64_t)>& tick) {
  memory_.reset();
  for (Session& session : exits_) session.reset();
  const std::vector<float> attention = attention_.lambdas(bytes);
  std::vector<Signals> rows;
  rows.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Signals row;
    row.byte = bytes[i];
    row.attention = attention[i];
    const auto next = [&](std::span<const float> p) { return i + 1 < bytes.size() ? cost_of(p, bytes[i + 1]) : 0.0f; };
    const auto reading_of = [&](std::span<const float> p) {
      Reading reading = read_distribution(p);
      reading.cost = next(p);
      return reading;
    };
    const StepView memory = stepped(memory_, bytes[i]);
    row.memory = reading_of(memory.probabilities);
    row.bigram = memory.witness->lambda;
    for (Session& session : exits_) {
      const StepView view = stepped(session, bytes[i]);
      row.exits.push_back({reading_of(softmax(view.logits())), reading_of(view.probabilities)});
      row.similarity = view.witness->lambda;
    }
    rows.push_back(std::move(row));
    if (tick && (i + 1) % kTickBytes == 0) tick(i + 1);
  }
  return rows;
}

std::vector<std::string> signal_columns(std::span<const std::uint32_t> exit_layers) {
  std::vector<std::string> names{"byte"};
  const auto reading = [&](const std::string& name) {
    for (const char* field : {"top", "probability", "margin", "entropy", "cost"}) names.push_back(name + "." + field);
  };
  reading("memory");
  for (const std::uint32_t layers : exit_layers) {
    reading("model" + std::to_string(layers));
    reading("exit" + std::to_string(layers));
  }
  names.insert(names.end(), {"similarity", "bigram", "attention"});
  return names;
}

void write_signals(const std::string& path, std::span<const std::uint32_t> exit_layers, std::span<const Signals> rows) {
  std::string header;
  for (const std::string& name : signal_columns(exit_layers)) header += (header.empty() ? "" : " ") + name;
  header += "\n";
  std::vector<float> values;
  const auto reading = [&](const Reading& r) {
    values.insert(values.end(), {static_cast<float>(r.top), r.top_probability, r.margin, r.entropy, r.cost});
  };
  for (const Signals& row : rows) {
    values.push_back(row.byte);
    reading(row.memory);
    for (const ExitReading& exit : row.exits) {
      reading(exit.model);
      reading(exit.mixture);
    }
    values.insert(values.end(), {static_cast<float>(row.similarity), static_cast<float>(row.bigram), row.attention});
  }
  const auto header_bytes = std::as_bytes(std::span(header));
  const auto value_bytes = std::as_bytes(std::span(values));
  std::vector<std::byte> file(header_bytes.begin(), header_bytes.end());
  file.insert(file.end(), value_bytes.begin(), value_bytes.end());
  write_file_atomically(path, file);
}

}  // namespace mgt::cli
