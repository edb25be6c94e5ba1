// The fields of a witness under the names a trace gives them: one list for the seal, the writer and the reader.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mgt/witness.hpp"

namespace mgt::detail {

/// A number that a trace spells in 16 hex digits: JavaScript's numbers end at 2^53.
template <class Word>
struct Hex {
  Word& value;
};

/// Calls visit(name, field) for every field before the two chain values, in declaration order. `Record` is Witness or
/// const Witness.
template <class Record, class Visitor>
constexpr void visit_sealed_fields(Record& w, Visitor&& visit) noexcept {
  visit("step", w.step);
  visit("token", w.token);
  visit("tier", w.tier);
  visit("decision", w.decision);
  visit("reason", w.reason);
  visit("spike_fired", w.spike_fired);
  visit("lambda", w.lambda);
  visit("lambda_prev", w.lambda_prev);
  visit("delta_lambda", w.delta_lambda);
  visit("boundary_edges", w.boundary_edges);
  visit("boundary_concentration_q15", w.boundary_concentration_q15);
  visit("partition_count", w.partition_count);
  visit("spike_rate_q15", w.spike_rate_q15);
  visit("spike_novelty_q15", w.spike_novelty_q15);
  visit("effective_window", w.effective_window);
  visit("surprise", w.surprise);
  visit("energy", w.energy);
  visit("threshold", w.threshold);
  visit("layers_run", w.layers_run);
  visit("layers_caught_up", w.layers_caught_up);
  visit("layers_replayed", w.layers_replayed);
  visit("layers_deferred", w.layers_deferred);
  visit("kv_bytes_read", w.kv_bytes_read);
  visit("kv_bytes_written", w.kv_bytes_written);
  visit("kv_write", w.kv_write);
  visit("external_write", w.external_write);
  visit("top_token", w.top_token);
  visit("top_probability", w.top_probability);
  visit("output_hash", Hex{w.output_hash});
}

/// The same for every field.
template <class Record, class Visitor>
constexpr void visit_fields(Record& w, Visitor&& visit) noexcept {
  visit_sealed_fields(w, visit);
  visit("previous_hash", Hex{w.previous_hash});
  visit("hash", Hex{w.hash});
}

inline constexpr std::size_t kWitnessFields = [] {
  std::size_t n = 0;
  Witness w;
  visit_fields(w, [&](const char*, auto&&) { ++n; });
  return n;
}();

}  // namespace mgt::detail
