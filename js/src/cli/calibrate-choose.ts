// The cheapest threshold whose loss stays within a stated risk, with a bound that holds on bytes not seen yet: the same
// numbers as the native program's (native/calibrate/choose.hpp says by which method).
import { type LossTable, lossOver } from "./calibrate-losses.js";
import { MersenneTwister } from "./mersenne-twister.js";

const bootstraps = 2000;
const seed = 20250101;

export interface RiskTarget {
  /** Relative loss in nats per byte: 0.02 is 2 %. */
  risk: number;
  /** Of the bound. */
  confidence: number;
}

export interface Choice {
  candidate: number;
  /** Of its loss, from the blocks it was tested on. */
  bound: number;
}

/** How often the promise is kept: random halves of the blocks choose, the other half counts. */
export interface Resampling {
  rounds: number;
  kept: number;
  refused: number;
  worstLoss: number;
}

function sumOf(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i] as number);
  return sum;
}

/** Mean and deviation of random draws, with replacement. */
function spreadOfDraws(values: Float64Array, draws: number, dice: MersenneTwister): [number, number] {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < draws; i++) {
    const x = values[dice.below(values.length)] as number;
    sum += x;
    squares += x * x;
  }
  const mean = sum / draws;
  return [mean, Math.sqrt(Math.max(0, (squares - draws * mean * mean) / Math.max(1, draws - 1)))];
}

/** Upper bound of the mean of `horizon` further draws, less the mean of these: a studentised bootstrap. */
function furtherMeanBound(centred: Float64Array, horizon: number, confidence: number): number {
  const n = centred.length;
  const scale = Math.sqrt(1 / n + 1 / horizon);
  const dice = new MersenneTwister(seed);
  const steps = new Float64Array(bootstraps);
  for (let i = 0; i < bootstraps; i++) {
    const [mean, deviation] = spreadOfDraws(centred, n, dice);
    const [furtherMean] = spreadOfDraws(centred, horizon, dice);
    steps[i] = (furtherMean - mean) / (Math.max(deviation, 1e-12) * scale);
  }
  const deviation = Math.sqrt(sumOf(centred, (x) => x * x) / Math.max(1, n - 1));
  return (steps.sort()[Math.floor(confidence * (bootstraps - 1))] as number) * deviation * scale;
}

/** Upper bound of the loss over another stretch of `horizon` blocks of the same kind, from these blocks. */
export function lossBound(
  table: LossTable,
  candidate: number,
  blocks: Uint32Array,
  horizon: number,
  confidence: number,
): number {
  const loss = lossOver(table, candidate, blocks);
  const gated = table.gated[candidate]?.nats as number[];
  const dense = table.dense.nats;
  const excess = Float64Array.from(blocks, (b) => (gated[b] as number) - (1 + loss) * (dense[b] as number));
  const meanDense = sumOf(blocks, (block) => (dense[block] as number) / blocks.length);
  return loss + furtherMeanBound(excess, horizon, confidence) / meanDense;
}

/** The last candidate before the first whose bound passes the risk. None: not even the safest stays within it. */
export function chooseThreshold(
  table: LossTable,
  blocks: Uint32Array,
  horizon: number,
  { risk, confidence }: RiskTarget,
): Choice | undefined {
  let choice: Choice | undefined;
  for (let candidate = 0; candidate < table.candidates.length; candidate++) {
    const bound = lossBound(table, candidate, blocks, horizon, confidence);
    if (bound > risk) break;
    choice = { candidate, bound };
  }
  return choice;
}

export function resample(table: LossTable, target: RiskTarget, rounds: number): Resampling {
  const result: Resampling = { rounds, kept: 0, refused: 0, worstLoss: 0 };
  const dice = new MersenneTwister(seed + 1);
  const blocks = Uint32Array.from(table.dense.nats, (_, block) => block);
  const half = blocks.length >> 1;
  for (let round = 0; round < rounds; round++) {
    for (let i = blocks.length; i > 1; i--) {
      const other = dice.below(i);
      const last = blocks[i - 1] as number;
      blocks[i - 1] = blocks[other] as number;
      blocks[other] = last;
    }
    const held = blocks.subarray(half);
    const choice = chooseThreshold(table, blocks.subarray(0, half), held.length, target);
    const loss = choice ? lossOver(table, choice.candidate, held) : 0;
    if (!choice) result.refused++;
    if (loss <= target.risk) result.kept++;
    result.worstLoss = Math.max(result.worstLoss, loss);
  }
  return result;
}
