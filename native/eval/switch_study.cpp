#include "eval/switch_study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "app/failure.hpp"
#include "eval/logistic.hpp"
#include "eval/ranking.hpp"

namespace mgt::cli {
namespace {

constexpr std::size_t kSettled = 150;  // the first bytes surprise whatever they are
constexpr std::size_t kHold = 48;
constexpr std::size_t kHorizon = 56;
constexpr float kUnknownCost = 5.545f;
constexpr std::size_t kOwnPast = 200;  // bytes that say what is usual for a stream
constexpr std::size_t kLeastPast = 12;
constexpr std::array<std::size_t, 3> kRecent{3, 12, 48};  // bytes held against them

using Column = std::vector<double>;

/// Signals of one spliced stream, in the order of kNames; high = a switch.
enum : std::size_t {
  kSimilarity,
  kBigram,
  kLifFirst,
  kLifFull,
  kLifMixture,
  kHeldFull,
  kHeldMixture,
  kExcessFull,
  kExcessMixture,
  kHeldExcess,
  kEntropy,
  kMargin,
  kMemory,
  kRandom,
  kSingle,
  kOwnPastFirst = kSingle,  ///< 5 values against the stream's own past, each over all of kRecent
  kColumns = kOwnPastFirst + 5 * kRecent.size()
};
constexpr std::array<const char*, kSingle> kNames{"lambda, similarity",
                                                  "lambda, bigram",
                                                  "LIF, transformer's exit 1",
                                                  "LIF, transformer",
                                                  "LIF, mixture",
                                                  "LIF, transformer, peak of 48 bytes",
                                                  "LIF, mixture, peak of 48 bytes",
                                                  "LIF of excess surprise, transformer",
                                                  "LIF of excess surprise, mixture",
                                                  "LIF of excess surprise, mixture, peak of 48 bytes",
                                                  "entropy",
                                                  "margin",
                                                  "memory confidence",
                                                  "random"};
const std::vector<std::size_t> kLifOnly{kLifFirst, kLifFull, kLifMixture, kHeldFull, kHeldMixture};
const std::vector<std::size_t> kLifAndLambda{kLifFirst,    kLifFull,    kLifMixture, kHeldFull,
                                             kHeldMixture, kSimilarity, kBigram};
const std::vector<std::size_t> kLifExcessAndLambda{kLifFirst,   kLifFull, kLifMixture, kHeldFull,      kHeldMixture,
                                                   kSimilarity, kBigram,  kExcessFull, kExcessMixture, kHeldExcess};
using Columns = std::array<Column, kColumns>;

/// What each arriving byte brought, by the answer before it.
template <class Value>
std::vector<float> arrivals(std::span<const Signals> steps, float at_first, Value&& value) {
  std::vector<float> values{at_first};
  for (const Signals& step : steps) values.push_back(value(step));
  values.pop_back();  // of a byte that never came
  return values;
}

template <class Answer>
std::vector<float> surprise(std::span<const Signals> steps, Answer&& answer) {
  return arrivals(steps, kUnknownCost, [&](const Signals& s) { return answer(s).cost; });
}

template <class Answer>
Column lif_of_surprise(std::span<const Signals> steps, Answer&& answer) {
  Column out;
  for (const float v : leaky_sum(surprise(steps, answer))) out.push_back(std::log(double{v} + 0.05));
  return out;
}

/// Surprise beyond what was expected: a new package's name is uncertain and known to be, another kind of stream is not.
template <class Answer>
std::vector<float> excess(std::span<const Signals> steps, Answer&& answer) {
  return arrivals(steps, 0, [&](const Signals& s) { return answer(s).cost - answer(s).entropy; });
}

template <class Answer>
Column lif_of_excess(std::span<const Signals> steps, Answer&& answer) {
  const auto sums = leaky_sum(excess(steps, answer));
  return {sums.begin(), sums.end()};
}

/// How far the mean of the last n values lies above that of up to kOwnPast before them: z, as sign(z) ln(1 + |z|); 0
/// where too few came before.
Column against_own_past(const std::vector<float>& values, std::size_t n) {
  Column sums{0}, squares{0};
  for (const float v : values) {
    sums.push_back(sums.back() + double{v});
    squares.push_back(squares.back() + double{v} * double{v});
  }
  Column out;
  for (std::size_t end = 1; end <= values.size(); ++end) {
    if (end < n + kLeastPast) {
      out.push_back(0);
      continue;
    }
    const std::size_t middle = end - n;
    const std::size_t first = middle > kOwnPast ? middle - kOwnPast : 0;
    const auto past = static_cast<double>(middle - first);
    const auto recent = static_cast<double>(n);
    const double usual = (sums[middle] - sums[first]) / past;
    const double variance = (squares[middle] - squares[first]) / past - usual * usual;
    const double z = ((sums[end] - sums[middle]) / recent - usual) / std::sqrt(std::max(0.0, variance) / recent + 0.02);
    out.push_back(std::copysign(std::log1p(std::abs(z)), z));
  }
  return out;
}

Column held(const Column& values) {
  Column out;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const std::size_t from = t + 1 > kHold ? t + 1 - kHold : 0;
    out.push_back(*std::max_element(values.begin() + static_cast<std::ptrdiff_t>(from),
                                    values.begin() + static_cast<std::ptrdiff_t>(t) + 1));
  }
  return out;
}

Columns columns_of(std::span<const Signals> steps, std::uint32_t seed) {
  Columns columns;
  std::mt19937 random(seed);
  for (const Signals& step : steps) {
    columns[kSimilarity].push_back(-static_cast<double>(step.similarity) / 4096);
    columns[kBigram].push_back(-static_cast<double>(step.bigram) / 4096);
    columns[kEntropy].push_back(double{step.full().mixture.entropy});
    columns[kMargin].push_back(-double{step.full().mixture.margin});
    columns[kMemory].push_back(-double{step.memory.top_probability});
    columns[kRandom].push_back(static_cast<double>(random()));
  }
  const auto first = [](const Signals& s) -> const Reading& { return s.exits.front().model; };
  const auto full = [](const Signals& s) -> const Reading& { return s.full().model; };
  const auto mixture = [](const Signals& s) -> const Reading& { return s.full().mixture; };
  columns[kLifFirst] = lif_of_surprise(steps, first);
  columns[kLifFull] = lif_of_surprise(steps, full);
  columns[kLifMixture] = lif_of_surprise(steps, mixture);
  columns[kHeldFull] = held(columns[kLifFull]);
  columns[kHeldMixture] = held(columns[kLifMixture]);
  columns[kExcessFull] = lif_of_excess(steps, full);
  columns[kExcessMixture] = lif_of_excess(steps, mixture);
  columns[kHeldExcess] = held(columns[kExcessMixture]);

  const auto memory = [](const Signals& s) -> const Reading& { return s.memory; };
  std::size_t next = kOwnPastFirst;
  for (const std::vector<float>& values : {surprise(steps, memory), surprise(steps, full), surprise(steps, mixture),
                                           excess(steps, full), excess(steps, mixture)}) {
    for (const std::size_t n : kRecent) columns[next++] = against_own_past(values, n);
  }
  return columns;
}

/// One signal over all spliced streams: [stream][byte].
using Scores = std::vector<Column>;

SwitchRow row_of(const std::string& name, const Scores& scores) {
  SwitchRow row;
  row.signal = name;
  const auto gather = [&](std::size_t from, std::size_t to) {
    Column values;
    for (const Column& stream : scores) {
      values.insert(values.end(), stream.begin() + static_cast<std::ptrdiff_t>(from),
                    stream.begin() + static_cast<std::ptrdiff_t>(to));
    }
    return values;
  };
  Column before = gather(kSettled, kBeforeSplice);
  for (std::size_t i = 0; i < kSpans.size(); ++i) {
    row.area[i] = roc_area(gather(kBeforeSplice + kSpans[i][0], kBeforeSplice + kSpans[i][1]), before);
  }
  std::sort(before.begin(), before.end());
  const double alarm = before[static_cast<std::size_t>((1 - kFalseAlarms) * static_cast<double>(before.size() - 1))];
  std::vector<float> delays;
  for (const Column& stream : scores) {
    for (std::size_t t = 0; t < kHorizon; ++t) {
      if (stream[kBeforeSplice + t] <= alarm) continue;
      delays.push_back(static_cast<float>(t + 1));
      break;
    }
  }
  row.found = static_cast<double>(delays.size()) / static_cast<double>(scores.size());
  row.median_delay = quantile(delays, 0.5);
  return row;
}

using Table = std::vector<Columns>;

/// A logistic regression on some signals and on how far each lies above three of its quantiles before a switch: what
/// tells a switch is rarely a little more of the usual.
class SwitchDetector {
 public:
  SwitchDetector(const Table& streams, std::vector<std::size_t> kept)
      : kept_(std::move(kept)), knots_(knots_of(streams)), model_(fit(streams)) {}

  Scores operator()(const Table& streams) const {
    Scores scores;
    for (const auto& columns : streams) {
      Column out;
      for (std::size_t t = 0; t < columns[0].size(); ++t) {
        Column row;
        append_row(columns, t, row);
        out.push_back(model_(row));
      }
      scores.push_back(std::move(out));
    }
    return scores;
  }

 private:
  static constexpr std::array<double, 3> kQuantiles{0.5, 0.9, 0.99};
  using Knots = std::array<double, kQuantiles.size()>;

  /// Of every kept signal, in the order of kept_.
  std::vector<Knots> knots_of(const Table& streams) const {
    std::vector<Knots> knots;
    for (const std::size_t c : kept_) {
      std::vector<float> before;
      for (const auto& columns : streams) {
        before.insert(before.end(), columns[c].begin() + kSettled, columns[c].begin() + kBeforeSplice);
      }
      Knots& of_signal = knots.emplace_back();
      for (std::size_t q = 0; q < kQuantiles.size(); ++q) of_signal[q] = quantile(before, kQuantiles[q]);
    }
    return knots;
  }

  void append_row(const Columns& columns, std::size_t t, Column& row) const {
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const double value = columns[kept_[i]][t];
      row.push_back(value);
      for (const double knot : knots_[i]) row.push_back(std::max(0.0, value - knot));
    }
  }

  Logistic fit(const Table& streams) const {
    Column rows;
    std::vector<bool> events;
    for (const auto& columns : streams) {
      for (std::size_t t = kSettled; t < kBeforeSplice + kHorizon; ++t) {
        append_row(columns, t, rows);
        events.push_back(t >= kBeforeSplice);
      }
    }
    return {rows, kept_.size() * (1 + kQuantiles.size()), events};
  }

  std::vector<std::size_t> kept_;
  std::vector<Knots> knots_;
  Logistic model_;
};

Table table_of(std::span<const std::vector<Signals>> streams) {
  Table table;
  for (const auto& steps : streams) table.push_back(columns_of(steps, static_cast<std::uint32_t>(table.size())));
  return table;
}

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
  SwitchDetector detector;
};

SwitchStudy::SwitchStudy(std::span<const std::vector<Signals>> fit) {
  const Table table = table_of(fit);
  const auto combine = [&](const char* name, const std::vector<std::size_t>& kept) {
    combinations_.push_back({name, SwitchDetector(table, kept)});
  };
  combine("logistic, LIF alone", kLifOnly);
  combine("logistic, LIF and lambda", kLifAndLambda);
  combine("logistic, LIF, excess and lambda", kLifExcessAndLambda);
  std::vector<std::size_t> all = kLifExcessAndLambda;
  for (std::size_t c = kOwnPastFirst; c < kColumns; ++c) all.push_back(c);
  combine("logistic, these and all against their own past", all);
  std::erase_if(all, [](std::size_t c) { return c == kSimilarity || c == kBigram; });
  combine("logistic, the same without lambda", all);
}

SwitchStudy::~SwitchStudy() = default;

std::vector<SwitchRow> SwitchStudy::operator()(std::span<const std::vector<Signals>> test) const {
  const Table table = table_of(test);
  const auto scores_of = [&](std::size_t column) {
    Scores scores;
    for (const Columns& columns : table) scores.push_back(columns[column]);
    return scores;
  };
  std::vector<SwitchRow> rows;
  for (std::size_t c = 0; c < kSingle; ++c) rows.push_back(row_of(kNames[c], scores_of(c)));
  constexpr std::size_t memory_of_late = kOwnPastFirst + kRecent.size() - 1;
  rows.push_back(row_of("memory's surprise, 48 bytes against its own past", scores_of(memory_of_late)));
  for (const Combination& combination : combinations_) {
    rows.push_back(row_of(combination.name, combination.detector(table)));
  }
  return rows;
}

}  // namespace mgt::cli
