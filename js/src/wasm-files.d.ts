// An imported wasm file is its gzipped bytes: see scripts/build.mjs.
declare module "*.wasm" {
  const gzipped: Uint8Array<ArrayBuffer>;
  export default gzipped;
}
