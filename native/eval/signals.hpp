// What a gate could know at every step of a stream: the answers of the memory, of every exit and of all layers, side by
// side, and every graph's lambda.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "eval/attention_graph.hpp"
#include "mgt/session.hpp"

namespace mgt::cli {

/// Nats that a byte costs where nothing is known: ln 256. Before the first byte it is so.
inline constexpr float kUnknownCost = 5.545f;

/// One distribution over the next byte, as a gate sees it, and what it turned out to be worth.
struct Reading {
  float top_probability = 0;
  float margin = 0;   ///< between the two most probable bytes
  float entropy = 0;  ///< nats
  float cost = 0;     ///< nats that the byte which came next cost under it; 0 after the last byte
  std::uint8_t top = 0;
};

/// One exit: the transformer alone, and mixed with the stream memory.
struct ExitReading {
  Reading model;
  Reading mixture;
};

struct Signals {
  std::uint8_t byte = 0;
  Reading memory;                  ///< the stream memory alone
  std::vector<ExitReading> exits;  ///< in the order of SignalProbe::exit_layers()
  std::uint32_t similarity = 0;    ///< lambda of each graph, (z + 8) * 4096
  std::uint32_t bigram = 0;
  float attention = 0;  ///< minimum cut of the attention graph, unscaled

  const ExitReading& full() const noexcept { return exits.back(); }
};

/// Steps one session per answer through the same bytes. Every exit's mixture learns from itself, as in the gate's own
/// refinement, so the answers are those of exact KV mode. Cost: about two dense steps a byte.
class SignalProbe {
 public:
  explicit SignalProbe(const Model& model);

  /// Layers of the exits of tiers 2, 1 and 0, each once: 1, 2, 4 for a model of 4.
  std::span<const std::uint32_t> exit_layers() const noexcept { return exit_layers_; }

  /// Signals of every byte of the stream, from a fresh start. tick: called now and then with the bytes done.
  std::vector<Signals> read(std::span<const std::uint8_t> bytes, const std::function<void(std::uint64_t)>& tick = {});

 private:
  std::vector<std::uint32_t> exit_layers_;
  Session memory_;
  std::vector<Session> exits_;
  AttentionGraph attention_;
};

/// Leaky sum of costs, V = leak * V + cost: the spike signal behind the gate's LIF unit.
inline std::vector<float> leaky_sum(std::span<const float> costs, float leak = 0.8f) {
  std::vector<float> sums;
  float sum = 0;
  for (const float cost : costs) sums.push_back(sum = leak * sum + cost);
  return sums;
}

/// Names of the columns of write_signals(), in order.
std::vector<std::string> signal_columns(std::span<const std::uint32_t> exit_layers);

/// A line with the names of the columns, then one row of little-endian float32 per byte: for studies in numpy.
void write_signals(const std::string& path, std::span<const std::uint32_t> exit_layers, std::span<const Signals> rows);

}  // namespace mgt::cli
