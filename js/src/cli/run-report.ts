// What `mgt run` says in the end, for machines and for people.
import type { Session } from "../session.js";
import type { SessionStats } from "../types.js";
import { archOf } from "./engine.js";
import { type JsonValue, hex16, ratio } from "./json.js";
import type { Lane, Stream } from "./run-stream.js";
import {
  bar,
  bold,
  bytesText,
  counted,
  dim,
  durationText,
  fixed,
  green,
  percent,
  signedPercent,
  table,
  withCommas,
} from "./terminal.js";

const tierNames = ["0 full", "1 reduced", "2 safe", "3 skip"];

export function tiersJson(tiers: SessionStats["tiers"]): JsonValue {
  return { "0": tiers[0], "1": tiers[1], "2": tiers[2], "3": tiers[3] };
}

function denseJson({ session, seconds }: Lane): JsonValue {
  const stats = session.stats;
  return {
    seconds,
    accuracy: ratio(stats.correct, stats.tokens),
    nats_per_byte: ratio(stats.nats, stats.tokens),
    logits_hash: hex16(stats.logitsHash),
    layers_run: stats.layersRun,
  };
}

/** Undefined without a deadline. Numbers as the core has them: float32. */
function deadlineJson({ options, deadlineTier }: Session): JsonValue | undefined {
  const { deadlineUs, stepBoundsUs = [] } = options;
  if (!deadlineUs) return undefined;
  return { us: Math.fround(deadlineUs), step_bounds_us: stepBoundsUs.map(Math.fround), tier: deadlineTier };
}

function deadlineLine({ session }: Lane): string {
  const { deadlineUs, stepBoundsUs } = session.options;
  if (!deadlineUs || !stepBoundsUs) return "";
  const tier = tierNames[session.deadlineTier];
  return `deadline ${deadlineUs} us, at deepest tier ${tier}; --step-bounds ${stepBoundsUs.join(",")}\n`;
}

/** Keys and numbers as native/README.md lists them. */
export function runJson({ gated, dense, agreed }: Stream): JsonValue {
  const { session, seconds } = gated;
  const stats = session.stats;
  const deadline = deadlineJson(session);
  return {
    model: session.model.name,
    policy: session.policy,
    arch: archOf(session.model),
    tokens: gated.tokens,
    seconds,
    tokens_per_second: ratio(gated.tokens, seconds),
    tiers: tiersJson(stats.tiers),
    layers_run: stats.layersRun,
    layers_replayed: stats.layersReplayed,
    replayed_layers: stats.layersReplayed,
    layers_caught_up: stats.layersCaughtUp,
    kv_projections: stats.kvProjections,
    macs: stats.macs,
    accuracy: ratio(stats.correct, stats.tokens),
    nats_per_byte: ratio(stats.nats, stats.tokens),
    transformer_nats_per_byte: ratio(stats.modelNats, stats.modelTokens),
    kv_bytes_read: stats.kvBytesRead,
    kv_bytes_written: stats.kvBytesWritten,
    logits_hash: hex16(stats.logitsHash),
    kv: session.gatePolicy.kv,
    window: session.window,
    memory: session.options.memory ?? true,
    ...(deadline && { deadline }),
    ...(dense && {
      dense: denseJson(dense),
      agreement: ratio(agreed, stats.tokens),
      speedup: ratio(dense.seconds, seconds),
      layer_speedup: ratio(dense.session.stats.layersRun, stats.layersRun),
    }),
  };
}

/** A lane's figures per byte. */
function figuresOf(lane: Lane) {
  const { tokens, nats, correct, layersRun, layersReplayed } = lane.session.stats;
  return {
    nats: ratio(nats, tokens),
    accuracy: ratio(correct, tokens),
    microseconds: ratio(1e6 * lane.seconds, lane.tokens),
    layers: ratio(layersRun, tokens),
    replayed: ratio(layersReplayed, tokens),
  };
}

function tierTable({ tiers, tokens }: SessionStats): string {
  const rows = tierNames.map((name, tier) => {
    const steps = tiers[tier as 0 | 1 | 2 | 3];
    const share = ratio(steps, tokens);
    return [name, withCommas(steps), percent(share), bar(share, 20)];
  });
  return table([[dim("tier"), dim("steps"), dim("share")], ...rows]);
}

function figuresTable({ gated, dense, agreed }: Stream): string {
  const ours = figuresOf(gated);
  if (!dense) {
    return table([
      ["nats per byte", fixed(ours.nats, 4)],
      ["accuracy", percent(ours.accuracy, 2)],
      ["microseconds per byte", fixed(ours.microseconds, 2)],
      ["layers per byte", fixed(ours.layers, 3)],
      ["replayed per byte", fixed(ours.replayed, 3)],
    ]);
  }
  const theirs = figuresOf(dense);
  const times = (a: number, b: number) => `${fixed(ratio(a, b), 2)}x`;
  return table([
    ["", dim("gated"), dim("dense"), ""],
    ["nats per byte", fixed(ours.nats, 4), fixed(theirs.nats, 4), signedPercent(ours.nats / theirs.nats - 1)],
    ["accuracy", percent(ours.accuracy, 2), percent(theirs.accuracy, 2), ""],
    [
      "microseconds per byte",
      fixed(ours.microseconds, 2),
      fixed(theirs.microseconds, 2),
      times(theirs.microseconds, ours.microseconds),
    ],
    ["layers per byte", fixed(ours.layers, 3), fixed(theirs.layers, 3), times(theirs.layers, ours.layers)],
    ["replayed per byte", fixed(ours.replayed, 3), fixed(theirs.replayed, 3), ""],
    ["same best guess", percent(ratio(agreed, gated.session.stats.tokens), 2), "", ""],
  ]);
}

/** What the gate was good for, in one sentence. */
function verdict({ gated, dense }: Stream): string {
  const ours = figuresOf(gated);
  const work = percent(1 - ours.layers / gated.session.model.config.nLayers);
  if (!dense) return `Left out ${work} of the layer work of a dense run; --compare measures one beside it.\n`;
  const theirs = figuresOf(dense);
  const same = gated.session.stats.logitsHash === dense.session.stats.logitsHash;
  const time = 1 - ours.microseconds / theirs.microseconds;
  const saved =
    time >= 0
      ? green(`Saved ${work} of the layer work and ${percent(time)} of the time`)
      : `Saved ${work} of the layer work and took ${percent(-time)} more time`;
  const price = same
    ? "bit for bit the dense answers"
    : `for ${signedPercent(ours.nats / theirs.nats - 1)} nats per byte`;
  return `${saved}, ${price}.\n`;
}

/** A table of tiers, one of speed and quality (beside dense where it ran), and a sentence on what was saved. */
export function runText(stream: Stream): string {
  const { session, seconds, tokens } = stream.gated;
  const stats = session.stats;
  const memory = session.options.memory ?? true;
  const headline =
    `${bold(session.model.name)}${dim("  policy ")}${session.policy}${dim("  arch ")}${archOf(session.model)}` +
    `${dim("  kv ")}${session.gatePolicy.kv}${dim("  window ")}${session.window}${dim("  memory ")}${memory ? "on" : "off"}`;
  const speed =
    `${counted(tokens, "byte")} in ${durationText(seconds)}, ${bytesText(ratio(tokens, seconds))}/s; ` +
    `KV cache ${bytesText(stats.kvBytesRead)} read, ${bytesText(stats.kvBytesWritten)} written`;
  return `${headline}\n${deadlineLine(stream.gated)}${speed}\n\n${tierTable(stats)}\n${figuresTable(stream)}\n${verdict(stream)}`;
}
