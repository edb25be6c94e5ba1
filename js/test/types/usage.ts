// Compiled, never run: what a user writes must type-check against the package's own declarations.
import {
  DisposedError,
  type GatePolicy,
  MgtError,
  type Model,
  type Session,
  type SessionStats,
  loadModel,
  loadModelInWorker,
} from "mincut-gated-transformer";
import { loadModel as loadInlined } from "mincut-gated-transformer/inline";

export async function use(url: URL, bytes: Uint8Array, module: WebAssembly.Module, signal: AbortSignal): Promise<void> {
  const model: Model = await loadModel(url, { signal, onProgress: ({ loadedBytes }) => void loadedBytes.toFixed() });
  await loadModel(bytes, { wasm: module });
  await loadModel(new Response(), { wasm: { simd128: bytes, relaxed: new URL("mgt-relaxed.wasm", url) } });
  await loadInlined(bytes, { build: "simd128" });

  using session: Session = model.createSession({ policy: "exact", timing: true });
  const { logits, probabilities, witness } = session.step(65, { tier: 1 });
  const best: number = (logits[0] ?? 0) + (probabilities[witness.topToken] ?? 0);
  const why: "LowRisk" | string = witness.reason;
  const hash: bigint = witness.hash;
  const text: string = await session.generate("a", { n: best, seed: hash });
  for await (const piece of session.generate(text)) why.concat(piece);
  for await (const view of session.stream([1, 2, 3], { signal })) view.witness.toJSON().hash.concat("");
  for await (const view of session.stream(new Blob([text]))) view.probabilities.fill(0);
  const stats: SessionStats = session.stats;
  const policy: Partial<GatePolicy> = { exitConfidence: 0.9 };
  model.createSession({ custom: policy, window: stats.tiers[0] });

  const remote = await loadModelInWorker(url, { workerUrl: "worker.js" });
  await using other = await remote.createSession();
  for await (const view of other.stream("text", { batch: 8, outputs: false }))
    view.witness.tier satisfies 0 | 1 | 2 | 3;
  if (!remote.disposed) (await remote.heapBytes()).toFixed(other.deadlineTier);

  try {
    session.step(1);
  } catch (error) {
    if (error instanceof DisposedError && error.code === "disposed") return;
    if (error instanceof MgtError) error.message.trim();
  }
  // @ts-expect-error: no such policy
  model.createSession({ policy: "reckless" });
  // @ts-expect-error: a token is a number
  session.step("a");
}
