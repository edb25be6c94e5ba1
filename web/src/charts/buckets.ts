import { coherence } from "../format.js";
import type { WitnessStore } from "../witness/store.js";

/** The shown stretch of the stream, summed up in at most `maxBuckets` columns. One array per drawn thing. */
export interface Buckets {
  /** Bytes per column. */
  width: number;
  /** First byte of each column. */
  x: number[];
  coherence: number[];
  surpriseMean: number[];
  surpriseMax: number[];
  /** Layers run per byte, catching up included. */
  layers: number[];
  /** Steps of each tier, as shares of 1. */
  shares: [number[], number[], number[], number[]];
  /** Columns in which a spike fired. */
  spikes: boolean[];
  /** Columns in which the safety rules decided anything but Allow. */
  guarded: boolean[];
}

/** Sums up the steps [from, to). Columns start at multiples of their width, so that they stand still while time moves. */
export function bucketsOf(store: WitnessStore, from: number, to: number, maxBuckets: number): Buckets {
  const width = niceWidth((to - from) / Math.max(1, maxBuckets));
  const out: Buckets = {
    width,
    x: [],
    coherence: [],
    surpriseMean: [],
    surpriseMax: [],
    layers: [],
    shares: [[], [], [], []],
    spikes: [],
    guarded: [],
  };
  for (let start = Math.floor(from / width) * width; start < to; start += width) {
    addBucket(out, store, Math.max(start, 0), Math.min(start + width, to));
  }
  return out;
}

/** 1, 2, 5, 10, 20, 50 ...: the first that is large enough. */
function niceWidth(least: number): number {
  for (let unit = 1; ; unit *= 10) for (const digit of [1, 2, 5]) if (digit * unit >= least) return digit * unit;
}

function addBucket(out: Buckets, store: WitnessStore, from: number, to: number): void {
  const tiers = [0, 0, 0, 0];
  let surprise = 0;
  let surpriseMax = 0;
  let lambda = 0;
  let layers = 0;
  let spike = false;
  let guarded = false;
  for (let i = from; i < to; i++) {
    const tier = store.get(i, "tier");
    tiers[tier] = (tiers[tier] ?? 0) + 1;
    const nats = store.get(i, "surprise");
    surprise += nats;
    surpriseMax = Math.max(surpriseMax, nats);
    lambda += store.get(i, "lambda");
    layers += store.get(i, "layersRun") + store.get(i, "layersCaughtUp");
    spike ||= store.get(i, "spikeFired") === 1;
    guarded ||= store.get(i, "decision") !== 0;
  }
  const n = to - from;
  out.x.push(from);
  out.coherence.push(coherence(lambda / n));
  out.surpriseMean.push(surprise / n);
  out.surpriseMax.push(surpriseMax);
  out.layers.push(layers / n);
  out.shares.forEach((share, tier) => share.push((tiers[tier] ?? 0) / n));
  out.spikes.push(spike);
  out.guarded.push(guarded);
}
