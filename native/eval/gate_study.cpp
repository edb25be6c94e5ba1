#include "eval/gate_study.hpp"

#include <algorithm>

#include "app/progress.hpp"
#include "eval/energy_fit.hpp"
#include "eval/workload.hpp"

namespace mgt::cli {
namespace {

constexpr std::uint32_t kFitSeed = 11;
constexpr std::uint32_t kTestSeed = 12;
constexpr std::uint64_t kFitSplices = 1500;  ///< combinations are fitted on so many
constexpr std::uint64_t kTestSplices = 300;
constexpr std::uint64_t kLeastSplices = 100;
constexpr std::uint64_t kBytesPerSplice = 40;  ///< short streams give fewer, which would be the same bytes over again

std::vector<StudyStream> to_study(std::vector<WorkloadStream> recorded) {
  std::vector<StudyStream> streams;
  for (WorkloadStream& stream : recorded) {
    streams.push_back({stream.name, stream.kind, std::move(stream.bytes), {}});
  }
  return streams;
}

/// Reads signals of one stream after another under one progress line.
class Reader {
 public:
  Reader(const Model& model, std::uint64_t total) : probe_(model), progress_(total) {}

  std::vector<Signals> read(std::span<const std::uint8_t> bytes) {
    std::vector<Signals> signals = probe_.read(bytes, [this](std::uint64_t n) { progress_.update(done_ + n); });
    done_ += bytes.size();
    return signals;
  }
  std::vector<SwitchSignals> read_spliced(const std::vector<StudyStream>& streams, std::uint64_t count,
                                          std::uint32_t seed) {
    std::vector<SwitchSignals> all;
    for (const auto& bytes : splice(streams, count, seed)) {
      all.push_back(switch_signals(read(bytes), static_cast<std::uint32_t>(all.size())));
    }
    return all;
  }
  std::span<const std::uint32_t> exit_layers() const { return probe_.exit_layers(); }

 private:
  SignalProbe probe_;
  Progress progress_;
  std::uint64_t done_ = 0;
};

std::uint64_t bytes_in(const std::vector<StudyStream>& streams) {
  std::uint64_t total = 0;
  for (const StudyStream& stream : streams) total += stream.bytes.size();
  return total;
}

std::uint64_t splices(const std::vector<StudyStream>& streams, std::uint64_t most) {
  return std::clamp(bytes_in(streams) / kBytesPerSplice, kLeastSplices, most);
}

/// For a model that brings no energy.
detail::EnergyTable fit_on(const std::vector<StudyStream>& streams) {
  std::vector<std::vector<Signals>> signals;
  for (const StudyStream& stream : streams) {
    signals.push_back(stream.signals);
    signals.back().pop_back();  // what follows the last byte is not known
  }
  return fit_energy(signals);
}

}  // namespace

GateStudy study_gate(const Model& model, std::uint64_t limit) {
  expect_exits(model);
  std::vector<StudyStream> fit = to_study(shipped_streams(Part::calibration, limit));
  std::vector<StudyStream> test = to_study(shipped_streams(Part::held, limit));
  const std::vector<StudyStream> unseen = to_study(load_workload(kUnseen, Part::held, limit).streams);
  const std::uint64_t n_fit = splices(fit, kFitSplices), n_test = splices(test, kTestSplices);
  const std::uint64_t n_unseen = splices(unseen, kTestSplices);
  const std::uint64_t spliced = (n_fit + n_test + n_unseen) * (kBeforeSplice + kAfterSplice);
  Reader reader(model, bytes_in(fit) + bytes_in(test) + spliced);
  for (StudyStream& stream : fit) stream.signals = reader.read(stream.bytes);
  for (StudyStream& stream : test) stream.signals = reader.read(stream.bytes);

  GateStudy study;
  const detail::EnergyTable energy = model.data().energy ? *model.data().energy : fit_on(fit);
  for (const StudyStream& stream : test) study.exits.push_back(study_exits(stream, energy, reader.exit_layers()));
  const SwitchStudy switches(reader.read_spliced(fit, n_fit, kFitSeed));
  study.switches = switches(reader.read_spliced(test, n_test, kTestSeed));
  study.unseen = switches(reader.read_spliced(unseen, n_unseen, kTestSeed));
  return study;
}

}  // namespace mgt::cli
