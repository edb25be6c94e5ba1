/** Codes of the core (see mgt/error.hpp), and those that only exist on this side of the boundary. */
export type ErrorCode =
  | "not_a_model"
  | "unsupported_version"
  | "truncated"
  | "limit_exceeded"
  | "missing_field"
  | "bad_type"
  | "bad_shape"
  | "bad_value"
  | "self_test_failed"
  | "token_out_of_range"
  | "window_out_of_range"
  | "option_out_of_range"
  | "input_too_long"
  | "empty_input"
  | "out_of_memory"
  | "bad_trace"
  | "bad_snapshot"
  | "snapshot_version"
  | "snapshot_mismatch"
  | "buffer_too_small"
  | "bad_input"
  | "load_failed"
  | "bad_wasm"
  | "disposed"
  | "worker_failed";

/** Every error this package throws on purpose. `code` is stable, `message` names the field and both numbers. */
export class MgtError extends Error {
  // Spelled out in every class: a bundler that shortens class names must not shorten what a user sees.
  override name = "MgtError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The bytes are not a model this build can run. */
export class ModelError extends MgtError {
  override name = "ModelError";
}
/** A token, prompt or trace that cannot be taken. The session is unchanged. */
export class InputError extends MgtError {
  override name = "InputError";
}
/** Bytes that this session cannot continue from: damaged, or of another version, model or set of options. */
export class SnapshotError extends MgtError {
  override name = "SnapshotError";
}
/** An option outside its range. */
export class OptionError extends MgtError {
  override name = "OptionError";
}
/** WebAssembly memory is used up. */
export class OutOfMemoryError extends MgtError {
  override name = "OutOfMemoryError";
}
/** A file or URL could not be read. */
export class LoadError extends MgtError {
  override name = "LoadError";
}
/** The wasm file is missing, of another version, or not for this engine. */
export class WasmError extends MgtError {
  override name = "WasmError";
}
/** A model or session was used after dispose(). */
export class DisposedError extends MgtError {
  override name = "DisposedError";
}
/** The worker died or answered out of turn. */
export class WorkerError extends MgtError {
  override name = "WorkerError";
}

const classOf: Record<ErrorCode, typeof MgtError> = {
  not_a_model: ModelError,
  unsupported_version: ModelError,
  truncated: ModelError,
  limit_exceeded: ModelError,
  missing_field: ModelError,
  bad_type: ModelError,
  bad_shape: ModelError,
  bad_value: ModelError,
  self_test_failed: ModelError,
  token_out_of_range: InputError,
  window_out_of_range: OptionError,
  option_out_of_range: OptionError,
  input_too_long: InputError,
  empty_input: InputError,
  out_of_memory: OutOfMemoryError,
  bad_trace: InputError,
  bad_snapshot: SnapshotError,
  snapshot_version: SnapshotError,
  snapshot_mismatch: SnapshotError,
  buffer_too_small: SnapshotError,
  bad_input: InputError,
  load_failed: LoadError,
  bad_wasm: WasmError,
  disposed: DisposedError,
  worker_failed: WorkerError,
};

/** The error of a code, in its class. */
export function errorOf(code: ErrorCode, message: string, options?: { cause?: unknown }): MgtError {
  return new classOf[code](code, message, options);
}
