// The records that JavaScript reads or writes by name. js/src/core/record-types.ts has their types.
#include <emscripten/em_macros.h>

#include <iterator>

#include "fields.hpp"
#include "records.hpp"

namespace mgt::wasm {
namespace {

/// Raised with every change of an export's meaning or of a record.
constexpr std::uint32_t kAbi = 6;

constexpr Field kWitness[] = {
    MGT_FIELD(Witness, step, "step"),
    MGT_FIELD(Witness, token, "token"),
    MGT_FIELD(Witness, tier, "tier"),
    MGT_FIELD(Witness, decision, "decision"),
    MGT_FIELD(Witness, reason, "reason"),
    MGT_FIELD(Witness, spike_fired, "spikeFired"),
    MGT_FIELD(Witness, lambda, "lambda"),
    MGT_FIELD(Witness, lambda_prev, "lambdaPrev"),
    MGT_FIELD(Witness, delta_lambda, "deltaLambda"),
    MGT_FIELD(Witness, boundary_edges, "boundaryEdges"),
    MGT_FIELD(Witness, boundary_concentration_q15, "boundaryConcentrationQ15"),
    MGT_FIELD(Witness, partition_count, "partitionCount"),
    MGT_FIELD(Witness, spike_rate_q15, "spikeRateQ15"),
    MGT_FIELD(Witness, spike_novelty_q15, "spikeNoveltyQ15"),
    MGT_FIELD(Witness, effective_window, "effectiveWindow"),
    MGT_FIELD(Witness, surprise, "surprise"),
    MGT_FIELD(Witness, energy, "energy"),
    MGT_FIELD(Witness, threshold, "threshold"),
    MGT_FIELD(Witness, layers_run, "layersRun"),
    MGT_FIELD(Witness, layers_caught_up, "layersCaughtUp"),
    MGT_FIELD(Witness, layers_replayed, "layersReplayed"),
    MGT_FIELD(Witness, layers_deferred, "layersDeferred"),
    MGT_FIELD(Witness, kv_bytes_read, "kvBytesRead"),
    MGT_FIELD(Witness, kv_bytes_written, "kvBytesWritten"),
    MGT_FIELD(Witness, kv_write, "kvWrite"),
    MGT_FIELD(Witness, external_write, "externalWrite"),
    MGT_FIELD(Witness, top_token, "topToken"),
    MGT_FIELD(Witness, top_probability, "topProbability"),
    MGT_FIELD(Witness, output_hash, "outputHash"),
    MGT_FIELD(Witness, previous_hash, "previousHash"),
    MGT_FIELD(Witness, hash, "hash"),
};
constexpr Field kGatePacket[] = {
    MGT_FIELD(GatePacket, lambda, "lambda"),
    MGT_FIELD(GatePacket, lambda_prev, "lambdaPrev"),
    MGT_FIELD(GatePacket, boundary_edges, "boundaryEdges"),
    MGT_FIELD(GatePacket, boundary_concentration_q15, "boundaryConcentrationQ15"),
    MGT_FIELD(GatePacket, partition_count, "partitionCount"),
    MGT_FIELD(GatePacket, flags, "flags"),
};
constexpr Field kSpikePacket[] = {
    MGT_FIELD(SpikePacket, fired, "fired"),      MGT_FIELD(SpikePacket, top_len, "topLen"),
    MGT_FIELD(SpikePacket, rate_q15, "rateQ15"), MGT_FIELD(SpikePacket, novelty_q15, "noveltyQ15"),
    MGT_FIELD(SpikePacket, top_idx, "topIdx"),   MGT_FIELD(SpikePacket, top_w_q15, "topWQ15"),
};
constexpr Field kGatePolicy[] = {
    MGT_FIELD(GatePolicy, lambda_min, "lambdaMin"),
    MGT_FIELD(GatePolicy, drop_ratio_q15_max, "dropRatioQ15Max"),
    MGT_FIELD(GatePolicy, boundary_edges_max, "boundaryEdgesMax"),
    MGT_FIELD(GatePolicy, boundary_concentration_q15_max, "boundaryConcentrationQ15Max"),
    MGT_FIELD(GatePolicy, partitions_max, "partitionsMax"),
    MGT_FIELD(GatePolicy, spike_rate_q15_max, "spikeRateQ15Max"),
    MGT_FIELD(GatePolicy, spike_novelty_q15_min, "spikeNoveltyQ15Min"),
    MGT_FIELD(GatePolicy, spike_fire_nats, "spikeFireNats"),
    MGT_FIELD(GatePolicy, allow_kv_write_when_unstable, "allowKvWriteWhenUnstable"),
    MGT_FIELD(GatePolicy, allow_external_write_when_unstable, "allowExternalWriteWhenUnstable"),
    MGT_FIELD(GatePolicy, kv, "kv"),
    MGT_FIELD(GatePolicy, memory_confidence, "memoryConfidence"),
    MGT_FIELD(GatePolicy, exit_confidence, "exitConfidence"),
    MGT_FIELD(GatePolicy, energy_max, "energyMax"),
    MGT_FIELD(GatePolicy, energy_hysteresis, "energyHysteresis"),
    MGT_FIELD(GatePolicy, lossless_replay, "losslessReplay"),
};
constexpr Field kSessionOptions[] = {
    MGT_FIELD(OptionsRecord, policy, "policy"),
    MGT_FIELD(OptionsRecord, kv, "kv"),
    MGT_FIELD(OptionsRecord, tier, "tier"),
    MGT_FIELD(OptionsRecord, window, "window"),
    MGT_FIELD(OptionsRecord, window_capacity, "windowCapacity"),
    MGT_FIELD(OptionsRecord, memory, "memory"),
    MGT_FIELD(OptionsRecord, memory_bytes, "memoryBytes"),
    MGT_FIELD(OptionsRecord, replay, "replay"),
    MGT_FIELD(OptionsRecord, coherence, "coherence"),
    MGT_FIELD(OptionsRecord, deadline_us, "deadlineUs"),
    MGT_FIELD(OptionsRecord, bound0_us, "boundUs0"),
    MGT_FIELD(OptionsRecord, bound1_us, "boundUs1"),
    MGT_FIELD(OptionsRecord, bound2_us, "boundUs2"),
    MGT_FIELD(OptionsRecord, bound3_us, "boundUs3"),
};
constexpr Field kSessionPlan[] = {
    MGT_FIELD(SessionPlan, kv_cache_bytes, "kvCacheBytes"),
    MGT_FIELD(SessionPlan, skip_table_bytes, "skipTableBytes"),
    MGT_FIELD(SessionPlan, byte_table_bytes, "byteTableBytes"),
    MGT_FIELD(SessionPlan, window_cache_bytes, "windowCacheBytes"),
    MGT_FIELD(SessionPlan, scratch_bytes, "scratchBytes"),
    MGT_FIELD(SessionPlan, memory_bytes, "memoryBytes"),
    MGT_FIELD(SessionPlan, gate_bytes, "gateBytes"),
    MGT_FIELD(SessionPlan, replay_bytes, "replayBytes"),
    MGT_FIELD(SessionPlan, total_bytes, "totalBytes"),
};
constexpr Field kSessionStats[] = {
    MGT_FIELD(StatsRecord, tokens, "tokens"),
    MGT_FIELD(StatsRecord, tier0, "tier0"),
    MGT_FIELD(StatsRecord, tier1, "tier1"),
    MGT_FIELD(StatsRecord, tier2, "tier2"),
    MGT_FIELD(StatsRecord, tier3, "tier3"),
    MGT_FIELD(StatsRecord, layers_run, "layersRun"),
    MGT_FIELD(StatsRecord, layers_caught_up, "layersCaughtUp"),
    MGT_FIELD(StatsRecord, layers_replayed, "layersReplayed"),
    MGT_FIELD(StatsRecord, kv_projections, "kvProjections"),
    MGT_FIELD(StatsRecord, macs, "macs"),
    MGT_FIELD(StatsRecord, kv_bytes_read, "kvBytesRead"),
    MGT_FIELD(StatsRecord, kv_bytes_written, "kvBytesWritten"),
    MGT_FIELD(StatsRecord, correct, "correct"),
    MGT_FIELD(StatsRecord, nats, "nats"),
    MGT_FIELD(StatsRecord, model_nats, "modelNats"),
    MGT_FIELD(StatsRecord, model_tokens, "modelTokens"),
    MGT_FIELD(StatsRecord, logits_hash, "logitsHash"),
};
constexpr Field kAddresses[] = {
    MGT_FIELD(AddressRecord, result, "result"), MGT_FIELD(AddressRecord, gate, "gate"),
    MGT_FIELD(AddressRecord, spike, "spike"),   MGT_FIELD(AddressRecord, draw, "draw"),
    MGT_FIELD(AddressRecord, input, "input"),   MGT_FIELD(AddressRecord, input_bytes, "inputBytes"),
};
constexpr Field kGenerateOptions[] = {
    MGT_FIELD(GenerateOptions, temperature, "temperature"),
    MGT_FIELD(GenerateOptions, seed, "seed"),
    MGT_FIELD(GenerateOptions, top_k, "topK"),
    MGT_FIELD(GenerateOptions, top_p, "topP"),
    MGT_FIELD(GenerateOptions, logprobs, "logprobs"),
    MGT_FIELD(GenerateOptions, speculative, "speculative"),
};
constexpr Field kGenerateStats[] = {
    MGT_FIELD(GenerateStatsRecord, tokens, "tokens"),
    MGT_FIELD(GenerateStatsRecord, rounds, "rounds"),
    MGT_FIELD(GenerateStatsRecord, drafted, "drafted"),
    MGT_FIELD(GenerateStatsRecord, accepted, "accepted"),
};
constexpr Field kModelConfig[] = {
    MGT_FIELD(ModelConfig, n_layers, "nLayers"),
    MGT_FIELD(ModelConfig, hidden, "hidden"),
    MGT_FIELD(ModelConfig, n_heads, "nHeads"),
    MGT_FIELD(ModelConfig, n_kv_heads, "nKvHeads"),
    MGT_FIELD(ModelConfig, head_dim, "headDim"),
    MGT_FIELD(ModelConfig, ffn, "ffn"),
    MGT_FIELD(ModelConfig, context_length, "contextLength"),
    MGT_FIELD(ModelConfig, window, "window"),
    MGT_FIELD(ModelConfig, window_min, "windowMin"),
    MGT_FIELD(ModelConfig, window_max, "windowMax"),
    MGT_FIELD(ModelConfig, rms_eps, "rmsEps"),
    MGT_FIELD(ModelConfig, rope_theta, "ropeTheta"),
};
constexpr Field kModelFacts[] = {
    MGT_FIELD(FactsRecord, name, "name"),
    MGT_FIELD(FactsRecord, parameters, "parameters"),
    MGT_FIELD(FactsRecord, size_bytes, "sizeBytes"),
    MGT_FIELD(FactsRecord, hash, "hash"),
};
constexpr Field kFile[] = {
    MGT_FIELD(FileRecord, version, "version"),       MGT_FIELD(FileRecord, alignment, "alignment"),
    MGT_FIELD(FileRecord, parameters, "parameters"), MGT_FIELD(FileRecord, keys, "keys"),
    MGT_FIELD(FileRecord, n_keys, "nKeys"),          MGT_FIELD(FileRecord, tensors, "tensors"),
    MGT_FIELD(FileRecord, n_tensors, "nTensors"),
};
constexpr Field kKey[] = {
    MGT_FIELD(KeyRecord, name, "name"),
    MGT_FIELD(KeyRecord, type, "type"),
    MGT_FIELD(KeyRecord, value, "value"),
};
constexpr Field kTensor[] = {
    MGT_FIELD(TensorRecord, name, "name"),      MGT_FIELD(TensorRecord, type, "type"),
    MGT_FIELD(TensorRecord, held_as, "heldAs"), MGT_FIELD(TensorRecord, shape, "shape"),
    MGT_FIELD(TensorRecord, n_dims, "nDims"),   MGT_FIELD(TensorRecord, size_bytes, "sizeBytes"),
};

constexpr RecordTable kRecords[] = {
    record_table<Witness>("Witness", kWitness),
    record_table<GatePacket>("GatePacket", kGatePacket),
    record_table<SpikePacket>("SpikePacket", kSpikePacket),
    record_table<GatePolicy>("GatePolicy", kGatePolicy),
    record_table<OptionsRecord>("SessionOptions", kSessionOptions),
    record_table<SessionPlan>("SessionPlan", kSessionPlan),
    record_table<StatsRecord>("SessionStats", kSessionStats),
    record_table<AddressRecord>("Addresses", kAddresses),
    record_table<GenerateOptions>("GenerateOptions", kGenerateOptions),
    record_table<GenerateStatsRecord>("GenerateStats", kGenerateStats),
    record_table<ModelConfig>("ModelConfig", kModelConfig),
    record_table<FactsRecord>("ModelFacts", kModelFacts),
    record_table<FileRecord>("File", kFile),
    record_table<KeyRecord>("Key", kKey),
    record_table<TensorRecord>("Tensor", kTensor),
};

}  // namespace
}  // namespace mgt::wasm

extern "C" {

EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_abi() {
  return mgt::wasm::kAbi;
}
EMSCRIPTEN_KEEPALIVE const mgt::wasm::RecordTable* mgt_records() {
  return mgt::wasm::kRecords;
}
EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_records_length() {
  return std::size(mgt::wasm::kRecords);
}

}  // extern "C"
