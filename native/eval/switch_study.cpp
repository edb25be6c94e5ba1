#include "eval/switch_study.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "app/failure.hpp"
#include "app/quantile.hpp"
#include "eval/logistic.hpp"
#include "eval/perceptron.hpp"
#include "eval/ranking.hpp"
#include "eval/switch_signals.hpp"

namespace mgt::cli {
namespace {

constexpr std::size_t kSettled = 150;  // the first bytes surprise whatever they are
constexpr std::size_t kNetworks = 2;   // whose log-odds are added
constexpr std::size_t kEvery = 3;      // one in so many of the bytes before a switch is an example to learn from

const std::vector<std::size_t> kLifOnly{kLifFirst, kLifFull, kLifMixture, kHeldFull, kHeldMixture};
const std::vector<std::size_t> kLifAndLambda{kLifFirst,    kLifFull,    kLifMixture, kHeldFull,
                                             kHeldMixture, kSimilarity, kBigram};
const std::vector<std::size_t> kLifExcessAndLambda{kLifFirst,   kLifFull, kLifMixture, kHeldFull,      kHeldMixture,
                                                   kSimilarity, kBigram,  kExcessFull, kExcessMixture, kHeldExcess};

/// One signal over all spliced streams: [stream][byte].
using Scores = std::vector<std::vector<float>>;
using Table = std::span<const SwitchSignals>;

SwitchRow row_of(const std::string& name, const Scores& scores) {
  SwitchRow row;
  row.signal = name;
  const auto gather = [&](std::size_t from, std::size_t to) {
    std::vector<double> values;
    for (const auto& stream : scores) {
      values.insert(values.end(), stream.begin() + static_cast<std::ptrdiff_t>(from),
                    stream.begin() + static_cast<std::ptrdiff_t>(to));
    }
    return values;
  };
  std::vector<double> before = gather(kSettled, kBeforeSplice);
  for (std::size_t i = 0; i < kSpans.size(); ++i) {
    row.area[i] = roc_area(gather(kBeforeSplice + kSpans[i][0], kBeforeSplice + kSpans[i][1]), before);
  }
  std::sort(before.begin(), before.end());
  const double alarm = before[static_cast<std::size_t>((1 - kFalseAlarms) * static_cast<double>(before.size() - 1))];
  std::vector<float> delays;
  for (const auto& stream : scores) {
    for (std::size_t t = 0; t < kAfterSplice; ++t) {
      if (double{stream[kBeforeSplice + t]} <= alarm) continue;
      delays.push_back(static_cast<float>(t + 1));
      break;
    }
  }
  row.found = static_cast<double>(delays.size()) / static_cast<double>(scores.size());
  row.median_delay = quantile<float>(delays, 0.5);
  return row;
}

/// What to learn from: rows of signals one after another, and which of them stand behind a switch.
template <class Value>
struct Examples {
  std::vector<Value> rows;
  std::vector<bool> events;

  /// append_row(stream, byte, rows) adds the signals of one byte.
  template <class AppendRow>
  Examples(Table streams, AppendRow&& append_row) {
    for (const SwitchSignals& stream : streams) {
      for (std::size_t t = kSettled; t < kBeforeSplice + kAfterSplice; t += t < kBeforeSplice ? kEvery : 1) {
        append_row(stream, t, rows);
        events.push_back(t >= kBeforeSplice);
      }
    }
  }
};

/// Scores of the bytes of one stream.
using Detector = std::function<std::vector<float>(const SwitchSignals&)>;

/// A logistic regression on some signals and on how far each lies above three of its quantiles before a switch: what
/// tells a switch is rarely a little more of the usual.
class LogisticDetector {
 public:
  LogisticDetector(Table streams, std::vector<std::size_t> kept)
      : kept_(std::move(kept)), knots_(knots_of(streams)), model_(fit(streams)) {}

  std::vector<float> operator()(const SwitchSignals& stream) const {
    std::vector<float> out;
    for (std::size_t t = 0; t < stream[0].size(); ++t) {
      std::vector<double> row;
      append_row(stream, t, row);
      out.push_back(static_cast<float>(model_(row)));
    }
    return out;
  }

 private:
  static constexpr std::array<double, 3> kQuantiles{0.5, 0.9, 0.99};
  using Knots = std::array<double, kQuantiles.size()>;

  /// Of every kept signal, in the order of kept_.
  std::vector<Knots> knots_of(Table streams) const {
    std::vector<Knots> knots;
    for (const std::size_t c : kept_) {
      std::vector<float> before;
      for (const SwitchSignals& stream : streams) {
        before.insert(before.end(), stream[c].begin() + kSettled, stream[c].begin() + kBeforeSplice);
      }
      Knots& of_signal = knots.emplace_back();
      for (std::size_t q = 0; q < kQuantiles.size(); ++q) of_signal[q] = quantile<float>(before, kQuantiles[q]);
    }
    return knots;
  }

  void append_row(const SwitchSignals& stream, std::size_t t, std::vector<double>& row) const {
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const double value = double{stream[kept_[i]][t]};
      row.push_back(value);
      for (const double knot : knots_[i]) row.push_back(std::max(0.0, value - knot));
    }
  }

  Logistic fit(Table streams) const {
    const Examples<double> examples(streams, [this](auto&&... x) { append_row(x...); });
    return {examples.rows, kept_.size() * (1 + kQuantiles.size()), examples.events};
  }

  std::vector<std::size_t> kept_;
  std::vector<Knots> knots_;
  Logistic model_;
};

/// Two small networks on some signals.
class NetworkDetector {
 public:
  NetworkDetector(Table streams, std::vector<std::size_t> kept) : kept_(std::move(kept)) {
    const Examples<float> examples(streams, [this](auto&&... x) { append_row(x...); });
    for (std::uint32_t seed = 0; seed < kNetworks; ++seed) {
      networks_.emplace_back(examples.rows, kept_.size(), examples.events, seed);
    }
  }

  std::vector<float> operator()(const SwitchSignals& stream) const {
    std::vector<float> out;
    for (std::size_t t = 0; t < stream[0].size(); ++t) {
      std::vector<float> row;
      append_row(stream, t, row);
      float score = 0;
      for (const Perceptron& network : networks_) score += network(row);
      out.push_back(score);
    }
    return out;
  }

 private:
  void append_row(const SwitchSignals& stream, std::size_t t, std::vector<float>& row) const {
    for (const std::size_t c : kept_) row.push_back(stream[c][t]);
  }

  std::vector<std::size_t> kept_;
  std::vector<Perceptron> networks_;
};

}  // namespace

std::vector<std::vector<std::uint8_t>> splice(std::span<const StudyStream> streams, std::size_t count,
                                              std::uint32_t seed) {
  std::map<std::string, std::vector<const StudyStream*>> kinds;
  for (const StudyStream& stream : streams) {
    if (stream.bytes.size() >= kBeforeSplice) kinds[stream.kind].push_back(&stream);
  }
  if (kinds.size() < 2) {
    fail_input("streams of " + std::to_string(kinds.size()) + " kinds have " + std::to_string(kBeforeSplice) +
               " bytes, splicing needs 2");
  }
  std::mt19937 random(seed);
  const auto draw = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto append_piece = [&](std::vector<std::uint8_t>& out, std::size_t kind, std::size_t size) {
    const auto& group = std::next(kinds.begin(), static_cast<std::ptrdiff_t>(kind))->second;
    const std::vector<std::uint8_t>& bytes = group[draw(group.size())]->bytes;
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(draw(bytes.size() - size + 1));
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(size));
  };
  std::vector<std::vector<std::uint8_t>> spliced(count);
  for (std::vector<std::uint8_t>& bytes : spliced) {
    const std::size_t first = draw(kinds.size());
    const std::size_t second = (first + 1 + draw(kinds.size() - 1)) % kinds.size();
    append_piece(bytes, first, kBeforeSplice);
    append_piece(bytes, second, kAfterSplice);
  }
  return spliced;
}

struct SwitchStudy::Combination {
  const char* name;
  Detector detector;
};

SwitchStudy::SwitchStudy(std::span<const SwitchSignals> fit) {
  combinations_.push_back({"logistic, LIF alone", LogisticDetector(fit, kLifOnly)});
  combinations_.push_back({"logistic, LIF and lambda", LogisticDetector(fit, kLifAndLambda)});
  combinations_.push_back({"logistic, LIF, excess and lambda", LogisticDetector(fit, kLifExcessAndLambda)});
  std::vector<std::size_t> all = kLifExcessAndLambda;
  for (std::size_t c = kNamed; c < kSwitchSignals; ++c) all.push_back(c);
  combinations_.push_back({"network, these, counts and all against their own past", NetworkDetector(fit, all)});
  std::erase_if(all, [](std::size_t c) { return c == kSimilarity || c == kBigram; });
  combinations_.push_back({"network, the same without lambda", NetworkDetector(fit, all)});
}

SwitchStudy::~SwitchStudy() = default;

std::vector<SwitchRow> SwitchStudy::operator()(std::span<const SwitchSignals> test) const {
  const auto scores_of = [&](std::size_t signal) {
    Scores scores;
    for (const SwitchSignals& stream : test) scores.push_back(stream[signal]);
    return scores;
  };
  std::vector<SwitchRow> rows;
  for (std::size_t s = 0; s < kNamed; ++s) rows.push_back(row_of(kSwitchSignalNames[s], scores_of(s)));
  constexpr std::size_t memory_of_late = kAgainstPast + kRecent.size() - 1;
  rows.push_back(row_of("memory's surprise, 48 bytes against its own past", scores_of(memory_of_late)));
  for (const Combination& combination : combinations_) {
    Scores scores;
    for (const SwitchSignals& stream : test) scores.push_back(combination.detector(stream));
    rows.push_back(row_of(combination.name, scores));
  }
  return rows;
}

}  // namespace mgt::cli
