// One cold start, timed by phase, in Node or in a page: from nothing to the first logits of a model.

const byte = 65;

/**
 * importPackage()  the npm package, as a module
 * read(path)       bytes of a file of this tree
 * locate(path)     what loadModel takes for that file
 * variant          "phases": every phase awaited by itself; "plain": loadModel() as a user calls it; "worker":
 *                  loadModelInWorker()
 * processorMs()    milliseconds of processor time that this process has taken, where that can be known
 * build            "simd128" or "relaxed": the wasm that this engine would choose
 *
 * Returns milliseconds: by phase where variant is "phases", else `import` and `ready`, the rest in one.
 */
export async function sample({ importPackage, read, locate, processorMs, variant, build, model }) {
  const ms = {};
  let last = performance.now();
  const lap = (name) => {
    const now = performance.now();
    ms[name] = now - last;
    last = now;
  };
  const { loadModel, loadModelInWorker } = await importPackage();
  lap("import");
  if (variant === "phases") {
    const [wasm, file] = await Promise.all([read(`js/wasm/mgt-${build}.wasm`), read(model)]);
    lap("fetch");
    const before = processorMs?.();
    const module = await WebAssembly.compile(wasm);
    lap("compile");
    const loaded = await loadModel(file, { wasm: module });
    lap("instantiate_and_load");
    const session = loaded.createSession();
    lap("create");
    const { logits } = session.step(byte);
    lap("first_step");
    if (processorMs) ms.processor = processorMs() - before;
    if (logits.length !== 256) throw new Error(`${logits.length} logits`);
    return ms;
  }
  const load = variant === "worker" ? loadModelInWorker : loadModel;
  const session = await (await load(locate(model))).createSession();
  const { logits } = await session.step(byte);
  lap("ready");
  if (logits.length !== 256) throw new Error(`${logits.length} logits`);
  return ms;
}
