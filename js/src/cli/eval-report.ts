// What `mgt eval --workload` says in the end, for machines and for people.
import type { Session } from "../session.js";
import type { SessionStats } from "../types.js";
import { archOf } from "./engine.js";
import { type StreamFigures, LaneFigures, allTiers, percentiles } from "./eval-streaming.js";
import type { Part, Workload } from "./eval-workload.js";
import { type JsonValue, ratio } from "./json.js";
import { tiersJson } from "./run-report.js";
import { bold, dim, fixed, percent, signedPercent, table, withCommas } from "./terminal.js";

/** What the figures were taken with. */
export interface WorkloadRun {
  workload: Workload;
  part: Part;
  warm: boolean;
  gated: Session;
}

const kvBytes = (stats: SessionStats) => stats.kvBytesRead + stats.kvBytesWritten;

/** The ratios that a stream's row and the total share. */
function ratiosOf({ gated, dense, agreed }: StreamFigures) {
  const [ours, theirs] = [gated.stats, dense.stats];
  return {
    speedup: ratio(dense.seconds, gated.seconds),
    layer_speedup: ratio(theirs.layersRun, ours.layersRun),
    mac_speedup: ratio(theirs.macs, ours.macs),
    agreement: ratio(agreed, ours.tokens),
    retained: ratio(ours.correct, theirs.correct),
    nats_loss: ratio(ours.nats, theirs.nats) - 1,
    kv_saved: 1 - ratio(kvBytes(ours), kvBytes(theirs)),
  };
}

function latencyJson({ gated, dense }: StreamFigures): JsonValue {
  const tiers = allTiers.map((tier) => [String(tier), percentiles(gated.latencyUs[tier] as number[])]);
  return {
    dense: percentiles(dense.latencyUs[0] as number[]),
    gated: percentiles(gated.latencyUs.flat()),
    ...Object.fromEntries(tiers),
  };
}

function streamJson(figures: StreamFigures): JsonValue {
  const [ours, theirs] = [figures.gated.stats, figures.dense.stats];
  const ratios = ratiosOf(figures);
  return {
    name: figures.name,
    bytes: ours.tokens,
    tiers: tiersJson(ours.tiers),
    seconds: figures.gated.seconds,
    dense_seconds: figures.dense.seconds,
    speedup: ratios.speedup,
    layer_speedup: ratios.layer_speedup,
    mac_speedup: ratios.mac_speedup,
    agreement: ratios.agreement,
    accuracy: ratio(ours.correct, ours.tokens),
    dense_accuracy: ratio(theirs.correct, theirs.tokens),
    accuracy_retained: ratios.retained,
    nats_per_byte: ratio(ours.nats, ours.tokens),
    dense_nats_per_byte: ratio(theirs.nats, theirs.tokens),
    nats_loss: ratios.nats_loss,
    kv_bytes: kvBytes(ours),
    dense_kv_bytes: kvBytes(theirs),
    kv_saved: ratios.kv_saved,
    latency_us: latencyJson(figures),
    ...(figures.anomaly && {
      anomaly: {
        lines: figures.anomaly.lines,
        anomalous: figures.anomaly.anomalous,
        gated: { ...figures.anomaly.gated },
        dense: { ...figures.anomaly.dense },
      },
    }),
  };
}

function sumOf(lanes: readonly LaneFigures[]): LaneFigures {
  const sum = new LaneFigures(0);
  const total = (field: Exclude<keyof SessionStats, "tiers" | "logitsHash" | "p50Us" | "p99Us">) =>
    lanes.reduce((value, lane) => value + lane.stats[field], 0);
  sum.stats = {
    ...(lanes[0] as LaneFigures).stats,
    tokens: total("tokens"),
    layersRun: total("layersRun"),
    macs: total("macs"),
    correct: total("correct"),
    nats: total("nats"),
    kvBytesRead: total("kvBytesRead"),
    kvBytesWritten: total("kvBytesWritten"),
    tiers: { 0: 0, 1: 0, 2: 0, 3: 0 },
  };
  for (const tier of allTiers) {
    sum.stats.tiers[tier] = lanes.reduce((value, lane) => value + lane.stats.tiers[tier], 0);
    sum.latencyUs[tier] = lanes.flatMap((lane) => lane.latencyUs[tier] as number[]);
  }
  sum.seconds = lanes.reduce((value, lane) => value + lane.seconds, 0);
  return sum;
}

function totalOf(streams: readonly StreamFigures[]): StreamFigures {
  return {
    name: "all",
    gated: sumOf(streams.map(({ gated }) => gated)),
    dense: sumOf(streams.map(({ dense }) => dense)),
    agreed: streams.reduce((value, { agreed }) => value + agreed, 0),
  };
}

/** Keys and numbers as native/README.md lists them. */
export function workloadJson(
  { workload, part, warm, gated }: WorkloadRun,
  streams: readonly StreamFigures[],
): JsonValue {
  return {
    workload: workload.workload,
    part,
    warm,
    model: gated.model.name,
    policy: gated.policy,
    kv: gated.gatePolicy.kv,
    arch: archOf(gated.model),
    streams: streams.map(streamJson),
    total: streamJson(totalOf(streams)),
  };
}

function streamRow(figures: StreamFigures): string[] {
  const r = ratiosOf(figures);
  const { tiers, tokens } = figures.gated.stats;
  const shares = ([3, 2, 1, 0] as const).map((tier) => percent(ratio(tiers[tier], tokens), 0));
  const times = [`${fixed(r.speedup, 2)}x`, `${fixed(r.layer_speedup, 2)}x`];
  const quality = [percent(r.retained, 2), signedPercent(r.nats_loss), percent(r.agreement, 2), percent(r.kv_saved, 0)];
  return [figures.name, withCommas(tokens), ...times, ...shares, ...quality];
}

function latencyTable({ gated, dense }: StreamFigures): string {
  const row = (name: string, us: number[]) => {
    const { steps, p50, p99 } = percentiles(us);
    return [name, withCommas(steps), fixed(p50, 1), fixed(p99, 1)];
  };
  return table([
    [dim("latency, us"), dim("steps"), dim("p50"), dim("p99")],
    row("dense", dense.latencyUs[0] as number[]),
    ...allTiers.map((tier) => row(`tier ${tier}`, gated.latencyUs[tier] as number[])),
  ]);
}

function anomalyTable(streams: readonly StreamFigures[]): string {
  const rows = streams.flatMap(({ name, anomaly }) =>
    anomaly
      ? [
          [
            name,
            withCommas(anomaly.lines),
            withCommas(anomaly.anomalous),
            ...(["mean", "max", "lambda"] as const)
              .flatMap((score) => [anomaly.gated[score], anomaly.dense[score]])
              .map((x) => fixed(x, 3)),
          ],
        ]
      : [],
  );
  const head = [
    "anomalous lines, AUROC",
    "lines",
    "anomalous",
    "mean, gated",
    "dense",
    "max, gated",
    "dense",
    "lambda, gated",
    "dense",
  ];
  return rows.length === 0 ? "" : `\n${table([head.map(dim), ...rows])}`;
}

/** A table of the streams, one of latencies by tier, and one of anomaly scores where streams are labelled. */
export function workloadText({ workload, part, warm, gated }: WorkloadRun, streams: readonly StreamFigures[]): string {
  const headline =
    `${bold(workload.workload)}${workload.description && `: ${workload.description}`}\n${dim("model ")}${gated.model.name}${dim("  policy ")}` +
    `${gated.policy}${dim("  arch ")}${archOf(gated.model)}${dim("  part ")}${part}${warm ? ", warm" : ""}\n\n`;
  const head = ["stream", "bytes", "faster", "layers", "tier 3", "2", "1", "0", "accuracy kept"];
  const total = totalOf(streams);
  const rows = [...streams, ...(streams.length > 1 ? [total] : [])].map(streamRow);
  const columns = [...head, "nats", "agreement", "KV saved"].map(dim);
  return `${headline}${table([columns, ...rows])}\n${latencyTable(total)}${anomalyTable(streams)}`;
}
