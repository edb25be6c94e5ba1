// Emscripten's glue, which is the same for both builds. js/src/core/embind.ts has the types of what it returns.
export interface GlueOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}
declare function createMgt(options: GlueOptions): Promise<unknown>;
export default createMgt;
