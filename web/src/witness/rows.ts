// Every field of the witness: how it is shown and what it means.
import { byteName, bytes, coherence, count, percent, q15 } from "../format.js";
import { tiers } from "../tiers.js";
import { decisions, reasons } from "./record.js";
import type { WitnessStore } from "./store.js";
import { decisionWords, reasonWords } from "./words.js";

export interface WitnessRow {
  label: string;
  help: string;
  value(store: WitnessStore, step: number): string;
}

export interface WitnessGroup {
  title: string;
  rows: WitnessRow[];
}

const yesNo = (flag: number) => (flag ? "yes" : "no");
const nats = (value: number) => `${value.toFixed(3)} nats`;
const signed = (value: number) => (value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2));
const scaled = (lambda: number) => `${signed(coherence(lambda))} sd (${count(lambda)})`;
const part = (value: number) => percent(q15(value));

function row(label: string, help: string, value: WitnessRow["value"]): WitnessRow {
  return { label, help, value };
}

export const witnessGroups: readonly WitnessGroup[] = [
  {
    title: "Decision",
    rows: [
      row("Step", "How many bytes came before this one.", (_, i) => count(i)),
      row("Byte", "The byte that arrived.", (s, i) => byteName(s.get(i, "token"))),
      row("Tier", "How much of the model ran.", (s, i) => {
        const tier = s.get(i, "tier");
        return `${tier} (${tiers[tier]?.name})`;
      }),
      row("Decision", "What the safety rules did to the state.", (s, i) => decisions[s.get(i, "decision")] ?? "?"),
      row("Reason", "Why this much ran.", (s, i) => reasons[s.get(i, "reason")] ?? "?"),
      row("Next byte", "The most probable next byte, and how probable.", (s, i) => {
        return `${byteName(s.get(i, "topToken"))} at ${percent(s.get(i, "topProbability"))}`;
      }),
      row("Dense run agrees", "Whether the dense run named the same next byte.", (s, i) => {
        return ["no", "yes", "not running"][s.get(i, "agrees")] ?? "?";
      }),
    ],
  },
  {
    title: "Risk",
    rows: [
      row("Surprise", "What this byte cost under the answer before it; 0 is foreseen, 5.5 is blind.", (s, i) => {
        return nats(s.get(i, "surprise"));
      }),
      row("Energy", "Predicted chance that a cheap answer costs over a bit more than that of all layers.", (s, i) =>
        percent(s.get(i, "energy"), 1, 2),
      ),
      row("Threshold", "The chance that the policy accepts; above it the gate goes deeper.", (s, i) =>
        percent(s.get(i, "threshold"), 1, 2),
      ),
    ],
  },
  {
    title: "Coherence",
    rows: [
      row(
        "λ",
        "Minimum cut between past and present, in standard deviations (raw value). High: of one kind.",
        (s, i) => {
          return scaled(s.get(i, "lambda"));
        },
      ),
      row("λ before", "The same one step earlier.", (s, i) => scaled(s.get(i, "lambdaPrev"))),
      row("Δλ", "Change of the raw value; a drop marks a boundary.", (s, i) => count(s.get(i, "deltaLambda"))),
      row("Boundary edges", "Links that the cut goes through.", (s, i) => count(s.get(i, "boundaryEdges"))),
      row("Concentration", "Share of those links on the busiest position.", (s, i) => {
        return part(s.get(i, "boundaryConcentrationQ15"));
      }),
      row("Partitions", "Parts that the recent past falls into.", (s, i) => count(s.get(i, "partitionCount"))),
    ],
  },
  {
    title: "Spike",
    rows: [
      row("Fired", "This byte was news.", (s, i) => yesNo(s.get(i, "spikeFired"))),
      row("Rate", "How often bytes have been news lately.", (s, i) => part(s.get(i, "spikeRateQ15"))),
      row("Novelty", "How new this one is.", (s, i) => part(s.get(i, "spikeNoveltyQ15"))),
    ],
  },
  {
    title: "Work",
    rows: [
      row("Layers run", "Computed for this byte.", (s, i) => count(s.get(i, "layersRun"))),
      row("Layers caught up", "Computed now for earlier bytes, because this one needed them.", (s, i) => {
        return count(s.get(i, "layersCaughtUp"));
      }),
      row("Layers replayed", "Reused bit for bit from earlier.", (s, i) => count(s.get(i, "layersReplayed"))),
      row("Layers deferred", "Left out, for now or for good.", (s, i) => count(s.get(i, "layersDeferred"))),
      row("Window", "Bytes that attention looked back over.", (s, i) => count(s.get(i, "effectiveWindow"))),
      row("Context read", "Bytes of keys and values read.", (s, i) => bytes(s.get(i, "kvBytesRead"))),
      row("Context written", "Bytes of keys and values written.", (s, i) => bytes(s.get(i, "kvBytesWritten"))),
    ],
  },
  {
    title: "Permissions",
    rows: [
      row("Leaves a trace", "The byte may change the context.", (s, i) => yesNo(s.get(i, "kvWrite"))),
      row("May be acted on", "The caller may act on this answer.", (s, i) => yesNo(s.get(i, "externalWrite"))),
    ],
  },
  {
    title: "Seal",
    rows: [
      row("Output hash", "Of this step's probabilities, and of its exit's logits where one ran.", (s, i) =>
        s.hash(i, "outputHash"),
      ),
      row("Chain before", "The chain's value before this step.", (s, i) => s.hash(i, "previousHash")),
      row("Chain after", "Over all of the above: one flipped bit anywhere changes it.", (s, i) => s.hash(i, "hash")),
    ],
  },
];

/** The step in one sentence. */
export function summary(store: WitnessStore, step: number, layers: number): string {
  const tier = store.get(step, "tier");
  const reason = reasons[store.get(step, "reason")] ?? "None";
  const decision = decisions[store.get(step, "decision")] ?? "Allow";
  const caughtUp = store.get(step, "layersCaughtUp");
  const ran = `${store.get(step, "layersRun")} of ${layers} layers`;
  const owed = caughtUp === 0 ? "" : `, ${caughtUp} for earlier bytes`;
  const held = decision === "Allow" ? "" : ` ${decision}: ${decisionWords[decision]}.`;
  const byte = capital(byteName(store.get(step, "token")));
  return `${byte}: tier ${tier}, ${ran}${owed}; ${reasonWords[reason]}.${held}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
