import createMgt from "../../wasm/mgt-simd128.mjs";
import { type ErrorCode, type MgtError, OutOfMemoryError, WasmError, errorOf } from "../errors.js";
import type { EmbindModule, Exports } from "./embind.js";
import { type Layout, layoutLength, readLayout } from "./layout.js";

/** Raised together with kAbi in wasm/layout.cpp. */
const abi = 2;

/** One instance of the wasm module with memory of its own, which goes when nothing refers to the instance any more. */
export class Runtime {
  readonly exports: Exports;
  readonly embind: EmbindModule;
  readonly layout: Layout;
  /** "wasm-simd128" or "wasm-relaxed". */
  readonly arch: string;
  #view: DataView;
  #bytes: Uint8Array;

  private constructor(exports: Exports, embind: EmbindModule) {
    this.exports = exports;
    this.embind = embind;
    this.#view = new DataView(exports.memory.buffer);
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.layout = readLayout(new Uint32Array(exports.memory.buffer, exports.mgt_layout(), layoutLength));
    this.arch = embind.arch();
  }

  /** Instantiates a compiled module. Throws WasmError where it is of another version. */
  static async create(module: WebAssembly.Module): Promise<Runtime> {
    let exports: Exports | undefined;
    const embind = await new Promise<EmbindModule>((resolve, reject) => {
      const glue = createMgt({
        instantiateWasm(imports, receive) {
          WebAssembly.instantiate(module, imports)
            .then((instance) => {
              exports = instance.exports as unknown as Exports;
              checkAbi(exports);
              receive(instance, module);
            })
            .catch((cause: unknown) => {
              reject(cause instanceof WasmError ? cause : badWasm(`the wasm module does not start: ${cause}`, cause));
            });
          return {};
        },
      });
      glue.then((loaded) => resolve(loaded as EmbindModule), reject);
    });
    return new Runtime(exports as Exports, embind);
  }

  /** The whole heap; a new object after the heap has grown. */
  get view(): DataView {
    return this.#view;
  }
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Call it after whatever may have allocated: loading a model, creating a session. Nothing else grows the heap. */
  refresh(): void {
    if (this.#view.buffer === this.exports.memory.buffer) return;
    this.#view = new DataView(this.exports.memory.buffer);
    this.#bytes = new Uint8Array(this.exports.memory.buffer);
  }

  /** Runs `use` on a copy of `data` in the heap. */
  withBytes<T>(data: Uint8Array, use: (address: number) => T): T {
    const address = this.exports.malloc(data.length || 1);
    this.refresh();
    if (address === 0) throw new OutOfMemoryError("out_of_memory", `input: ${data.length} bytes refused`);
    try {
      this.#bytes.set(data, address);
      return use(address);
    } finally {
      this.exports.free(address);
      this.refresh();
    }
  }

  /** The error of the last call, as the core worded it. */
  lastError(): MgtError {
    const code = this.#text(this.exports.mgt_error_name()) as ErrorCode;
    return errorOf(code, this.#text(this.exports.mgt_error_message()));
  }

  get failed(): boolean {
    return this.exports.mgt_error_code() !== 0;
  }

  #text(address: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(address, this.#bytes.indexOf(0, address)));
  }
}

function checkAbi(exports: Partial<Exports>): void {
  const found = exports.mgt_abi?.();
  if (found !== abi) {
    throw badWasm(
      `the wasm file has ABI ${found ?? "none"}, this package needs ${abi}: they are of different versions`,
    );
  }
  const length = exports.mgt_layout_length?.();
  if (length !== layoutLength)
    throw badWasm(`the wasm file's layout has ${length} entries, ${layoutLength} are expected`);
}

function badWasm(message: string, cause?: unknown): WasmError {
  return new WasmError("bad_wasm", message, { cause });
}
