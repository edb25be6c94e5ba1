// What a step of each tier takes in this engine: the core's deadline asks for it.
import type { Model } from "../model.js";
import type { Session } from "../session.js";
import type { SessionOptions, StepBounds, Tier } from "../types.js";

const warmUps = 12;
const runs = 12;

/** A plan needs no bounds: a deadline that waits for them is left out. */
export function withoutOpenDeadline(options: SessionOptions): SessionOptions {
  if (options.deadlineUs === undefined || options.stepBoundsUs) return options;
  const { deadlineUs: _open, ...rest } = options;
  return rest;
}

/**
 * The options, with bounds where they have a deadline and none: the longest of a few steps that each follow as many
 * skipped ones as the receptive field holds, the most debts that a step can meet. A byte that comes for the first time
 * takes longer. Where the clock is coarse, a bound is too high by up to its tick.
 */
export function withStepBounds(model: Model, options: SessionOptions): SessionOptions {
  if (!options.deadlineUs || options.stepBoundsUs) return options;
  const tiers = [0, 1, 2, 3] as const;
  const stepBoundsUs = tiers.map((tier) => longestStepUs(model, options, tier)) as unknown as StepBounds;
  return { ...options, stepBoundsUs };
}

/** What `use` finds out, after which the session is disposed of. (`using` would take more of the bundle.) */
function disposing<T>(session: Session, use: (session: Session) => T): T {
  try {
    return use(session);
  } finally {
    session.dispose();
  }
}

function longestStepUs(model: Model, options: SessionOptions, tier: Tier): number {
  return disposing(openProbe(model, options, tier), (session) => longestOf(session, model.config.nLayers));
}

function longestOf(session: Session, nLayers: number): number {
  const reach = nLayers * (session.window - 1);
  let seed = 1;
  const nextByte = () => 32 + ((seed = (seed * 48271) % 2147483647) & 63);
  for (let byte = 32; byte < 96; byte++) {
    session.step(byte, { tier: 3 }); // the tables learn a byte's rows when it first comes
    session.step(byte, { tier: 0 });
  }
  let longest = 0;
  for (let run = -warmUps; run < runs; run++) {
    for (let i = 0; i < reach; i++) session.step(nextByte(), { tier: 3 });
    const token = nextByte();
    const start = performance.now();
    session.step(token);
    if (run >= 0) longest = Math.max(longest, performance.now() - start);
  }
  return Math.max(Math.fround(1000 * longest), Math.fround(0.1));
}

/** A session like the one asked for that looks at every exit, is content with none, and goes no deeper than `tier`. */
function openProbe(model: Model, options: SessionOptions, tier: Tier) {
  const { deadlineUs: _deadline, tier: _tier, custom, ...rest } = options;
  const asked = model.createSession({ ...rest, ...(custom && { custom }) });
  const { replay, kv } = disposing(asked, ({ replay, gatePolicy }) => ({ replay, kv: gatePolicy.kv }));
  const stepBoundsUs = [0, 1, 2, 3].map((other) => (other >= tier ? 1 : 2)) as unknown as StepBounds;
  return model.createSession({
    ...rest,
    policy: "custom",
    custom: { kv, exitConfidence: 1 },
    kv,
    replay,
    deadlineUs: 1,
    stepBoundsUs,
    timing: false,
  });
}
