// Where the fields stand that JavaScript reads and writes in place. js/src/core/layout.ts names them in this order.
#include <emscripten/em_macros.h>

#include <cstddef>
#include <iterator>

#include "session_object.hpp"

namespace mgt::wasm {
namespace {

/// Raised with every change of an export's meaning, of this table's order or of a record.
constexpr std::uint32_t kAbi = 2;

constexpr std::uint32_t kLayout[] = {
    sizeof(Witness),
    offsetof(Witness, step),
    offsetof(Witness, token),
    offsetof(Witness, tier),
    offsetof(Witness, decision),
    offsetof(Witness, reason),
    offsetof(Witness, spike_fired),
    offsetof(Witness, lambda),
    offsetof(Witness, lambda_prev),
    offsetof(Witness, delta_lambda),
    offsetof(Witness, boundary_edges),
    offsetof(Witness, boundary_concentration_q15),
    offsetof(Witness, partition_count),
    offsetof(Witness, spike_rate_q15),
    offsetof(Witness, spike_novelty_q15),
    offsetof(Witness, effective_window),
    offsetof(Witness, surprise),
    offsetof(Witness, energy),
    offsetof(Witness, threshold),
    offsetof(Witness, layers_run),
    offsetof(Witness, layers_caught_up),
    offsetof(Witness, layers_replayed),
    offsetof(Witness, layers_deferred),
    offsetof(Witness, kv_bytes_read),
    offsetof(Witness, kv_bytes_written),
    offsetof(Witness, kv_write),
    offsetof(Witness, external_write),
    offsetof(Witness, top_token),
    offsetof(Witness, top_probability),
    offsetof(Witness, output_hash),
    offsetof(Witness, previous_hash),
    offsetof(Witness, hash),
    sizeof(GatePacket),
    offsetof(GatePacket, lambda),
    offsetof(GatePacket, lambda_prev),
    offsetof(GatePacket, boundary_edges),
    offsetof(GatePacket, boundary_concentration_q15),
    offsetof(GatePacket, partition_count),
    offsetof(GatePacket, flags),
    sizeof(SpikePacket),
    offsetof(SpikePacket, fired),
    offsetof(SpikePacket, top_len),
    offsetof(SpikePacket, rate_q15),
    offsetof(SpikePacket, novelty_q15),
    offsetof(SpikePacket, top_idx),
    offsetof(SpikePacket, top_w_q15),
};

}  // namespace
}  // namespace mgt::wasm

extern "C" {

EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_abi() {
  return mgt::wasm::kAbi;
}
EMSCRIPTEN_KEEPALIVE const std::uint32_t* mgt_layout() {
  return mgt::wasm::kLayout;
}
EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_layout_length() {
  return std::size(mgt::wasm::kLayout);
}

}  // extern "C"
