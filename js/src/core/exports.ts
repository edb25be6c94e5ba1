// What the wasm module exports (wasm/*.cpp). Addresses are numbers; a null address means that the error slot says why.
export interface Exports {
  memory: WebAssembly.Memory;
  /** Runs the module's static constructors. */
  _initialize(): void;
  malloc(sizeBytes: number): number;
  free(address: number): void;
  mgt_abi(): number;
  mgt_records(): number;
  mgt_records_length(): number;
  mgt_error_name(): number;
  mgt_error_message(): number;
  mgt_arch(): number;
  mgt_use_arch(name: number): number;

  mgt_load_model(file: number, sizeBytes: number): number;
  mgt_free_model(model: number): void;
  mgt_model_config(model: number): number;
  mgt_model_facts(model: number): number;

  mgt_options(): number;
  mgt_options_custom(): number;
  mgt_plan_session(model: number): number;
  mgt_create_session(model: number): number;
  mgt_free_session(self: number): void;
  mgt_session_addresses(self: number): number;
  mgt_session_stats(self: number): number;
  mgt_session_policy(self: number): number;
  mgt_session_policy_kind(self: number): number;
  mgt_session_deadline_tier(self: number): number;
  mgt_session_window(self: number): number;
  mgt_session_replay(self: number): number;
  mgt_session_window_macs(self: number): number;
  mgt_session_spike(self: number): void;
  mgt_session_reset(self: number): void;

  mgt_step(self: number, token: number): number;
  mgt_step_with(self: number, token: number, tier: number, packets: number): number;
  mgt_prefill(self: number, nTokens: number): number;
  mgt_push(self: number, nTokens: number): number;
  mgt_logits(self: number): number;
  mgt_answer_logits(answer: number): number;
  mgt_infer(self: number, nTokens: number, tier: number): number;

  mgt_generate_options(): number;
  mgt_generate_start(self: number, nTokens: number): number;
  mgt_generate_next(self: number): number;
  mgt_generate_stats(self: number): number;

  mgt_snapshot_bytes(self: number): number;
  mgt_snapshot(self: number, address: number, sizeBytes: number): number;
  mgt_restore(self: number, address: number, sizeBytes: number): number;

  mgt_trace_line(): number;
  mgt_trace_capacity(): number;
  mgt_trace_witness(): number;
  mgt_format_trace(witness: number): number;
  mgt_parse_trace(sizeBytes: number): number;
  mgt_seal(witness: number): bigint;

  mgt_describe(file: number, sizeBytes: number): number;
  mgt_free_description(description: number): void;
  mgt_convert(file: number, sizeBytes: number, type: number): number;
  mgt_calibrated_copy(file: number, sizeBytes: number, policy: number, energyMax: number): number;
  mgt_rewritten_bytes(file: number): number;
  mgt_rewritten_size(file: number): number;
  mgt_free_rewritten(file: number): void;
  mgt_sum_words(address: number, nWords: number): bigint;
}
