// esbuild's binary loader makes bytes of an imported wasm file.
declare module "*.wasm" {
  const bytes: Uint8Array;
  export default bytes;
}
