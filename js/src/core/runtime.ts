import { type ErrorCode, type MgtError, OutOfMemoryError, WasmError, errorOf } from "../errors.js";
import type { Exports } from "./exports.js";
import { camelCase } from "./field-names.js";
import { type RecordLayout, Records } from "./records.js";

/** Raised together with kAbi in wasm/layout.cpp. */
const abi = 6;

const decoder = new TextDecoder();

/** Where the fields stand that are read and written in place. */
export interface Layout {
  witness: RecordLayout<"Witness">;
  gate: RecordLayout<"GatePacket">;
  spike: RecordLayout<"SpikePacket">;
}

/** One instance of the wasm module with memory of its own, which goes when nothing refers to the instance any more. */
export class Runtime {
  readonly exports: Exports;
  readonly records: Records;
  readonly layout: Layout;
  #view: DataView;
  #bytes: Uint8Array;

  private constructor(exports: Exports) {
    this.exports = exports;
    this.#view = new DataView(exports.memory.buffer);
    this.#bytes = new Uint8Array(exports.memory.buffer);
    const records = new Records(this);
    this.records = records;
    this.layout = {
      witness: records.layout("Witness"),
      gate: records.layout("GatePacket"),
      spike: records.layout("SpikePacket"),
    };
  }

  /** Instantiates a compiled module. Throws WasmError where it is of another version. */
  static async create(module: WebAssembly.Module): Promise<Runtime> {
    let exports: Exports;
    try {
      const instance = await WebAssembly.instantiate(module, imports);
      exports = instance.exports as unknown as Exports;
    } catch (cause) {
      throw badWasm(`the wasm module does not start: ${cause}`, cause);
    }
    checkAbi(exports);
    exports._initialize();
    return new Runtime(exports);
  }

  /** "wasm-simd128", "wasm-relaxed" or "scalar": the kernels in force. */
  get arch(): string {
    return this.text(this.exports.mgt_arch());
  }

  /** The whole heap; a new object after the heap has grown. */
  get view(): DataView {
    return this.#view;
  }
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Zero-terminated UTF-8 in the heap. */
  text(address: number): string {
    return decoder.decode(this.#bytes.subarray(address, this.#bytes.indexOf(0, address)));
  }

  /** Call it after whatever may have allocated: loading a model, creating a session. Nothing else grows the heap. */
  refresh(): void {
    if (this.#view.buffer === this.exports.memory.buffer) return;
    this.#view = new DataView(this.exports.memory.buffer);
    this.#bytes = new Uint8Array(this.exports.memory.buffer);
  }

  /** Runs `use` on a copy of `data` in the heap. */
  withBytes<T>(data: Uint8Array, use: (address: number) => T): T {
    return this.withRoom("input", data.length, (address) => {
      this.#bytes.set(data, address);
      return use(address);
    });
  }

  /** Runs `use` on `sizeBytes` of the heap, which are anything before and nobody's afterwards. */
  withRoom<T>(what: string, sizeBytes: number, use: (address: number) => T): T {
    const address = this.exports.malloc(sizeBytes || 1);
    this.refresh();
    if (address === 0) throw new OutOfMemoryError("out_of_memory", `${what}: ${sizeBytes} bytes refused`);
    try {
      return use(address);
    } finally {
      this.exports.free(address);
      this.refresh();
    }
  }

  /** The error of the last call, as the core worded it; options are called what they are called here. */
  lastError(): MgtError {
    const code = this.text(this.exports.mgt_error_name()) as ErrorCode;
    const message = this.text(this.exports.mgt_error_message());
    return errorOf(code, /^(option|window)_/.test(code) ? camelCase(message) : message);
  }

  /** The address that a call returned. Throws the call's error where there is none. */
  expect(address: number): number {
    if (address === 0) throw this.lastError();
    return address;
  }
}

/** All that the module imports: a call after its memory has grown, which refresh() finds out by itself. */
const imports = { env: { emscripten_notify_memory_growth: () => undefined } };

function checkAbi(exports: Partial<Exports>): void {
  const found = exports.mgt_abi?.();
  if (found !== abi) {
    throw badWasm(
      `the wasm file has ABI ${found ?? "none"}, this package needs ${abi}: they are of different versions`,
    );
  }
}

function badWasm(message: string, cause?: unknown): WasmError {
  return new WasmError("bad_wasm", message, { cause });
}
