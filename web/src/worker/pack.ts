import type { Witness } from "mincut-gated-transformer";
import { at, decisions, reasons } from "../witness/record.js";

/** Writes a witness at `base`. Straight-line on purpose: it runs inside the timed loop, once per byte. */
export function pack(view: DataView, base: number, w: Witness): void {
  view.setUint8(base + at.token, w.token);
  view.setUint8(base + at.tier, w.tier);
  view.setUint8(base + at.decision, decisions.indexOf(w.decision));
  view.setUint8(base + at.reason, reasons.indexOf(w.reason));
  view.setUint8(base + at.topToken, w.topToken);
  view.setFloat32(base + at.topProbability, w.topProbability, true);
  view.setFloat32(base + at.surprise, w.surprise, true);
  view.setFloat32(base + at.energy, w.energy, true);
  view.setFloat32(base + at.threshold, w.threshold, true);
  view.setUint16(base + at.layersRun, w.layersRun, true);
  view.setUint16(base + at.layersCaughtUp, w.layersCaughtUp, true);
  view.setUint16(base + at.layersReplayed, w.layersReplayed, true);
  view.setUint16(base + at.layersDeferred, w.layersDeferred, true);
  view.setUint32(base + at.lambda, w.lambda, true);
  view.setUint32(base + at.lambdaPrev, w.lambdaPrev, true);
  view.setInt32(base + at.deltaLambda, w.deltaLambda, true);
  view.setUint16(base + at.boundaryEdges, w.boundaryEdges, true);
  view.setUint16(base + at.boundaryConcentrationQ15, w.boundaryConcentrationQ15, true);
  view.setUint16(base + at.partitionCount, w.partitionCount, true);
  view.setUint8(base + at.spikeFired, w.spikeFired ? 1 : 0);
  view.setUint16(base + at.spikeRateQ15, w.spikeRateQ15, true);
  view.setUint16(base + at.spikeNoveltyQ15, w.spikeNoveltyQ15, true);
  view.setUint16(base + at.effectiveWindow, w.effectiveWindow, true);
  view.setUint32(base + at.kvBytesRead, w.kvBytesRead, true);
  view.setUint32(base + at.kvBytesWritten, w.kvBytesWritten, true);
  view.setUint8(base + at.kvWrite, w.kvWrite ? 1 : 0);
  view.setUint8(base + at.externalWrite, w.externalWrite ? 1 : 0);
  view.setUint8(base + at.agrees, 2);
  view.setBigUint64(base + at.previousHash, w.previousHash, true);
  view.setBigUint64(base + at.outputHash, w.outputHash, true);
  view.setBigUint64(base + at.hash, w.hash, true);
}
