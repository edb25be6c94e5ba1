// --rules: the thresholds of the gate's safety rules, for --policy custom.
import type { GatePolicy } from "../types.js";
import { failUsage } from "./failure.js";
import { parseNumber, parseWhole } from "./numbers.js";

interface Rule {
  field: keyof GatePolicy;
  /** Without it: any number, with a fraction. */
  most?: number;
}

/** By the names that the core has for them. */
const rules: Readonly<Record<string, Rule>> = {
  lambda_min: { field: "lambdaMin", most: 0xffffffff },
  drop_ratio_q15_max: { field: "dropRatioQ15Max", most: 0xffff },
  boundary_edges_max: { field: "boundaryEdgesMax", most: 0xffff },
  boundary_concentration_q15_max: { field: "boundaryConcentrationQ15Max", most: 0xffff },
  partitions_max: { field: "partitionsMax", most: 0xffff },
  spike_rate_q15_max: { field: "spikeRateQ15Max", most: 0xffff },
  spike_novelty_q15_min: { field: "spikeNoveltyQ15Min", most: 0xffff },
  spike_fire_nats: { field: "spikeFireNats" },
  allow_kv_write_when_unstable: { field: "allowKvWriteWhenUnstable", most: 1 },
  allow_external_write_when_unstable: { field: "allowExternalWriteWhenUnstable", most: 1 },
};

function parseValue(name: string, { most }: Rule, text: string): number | boolean {
  if (most === undefined) return parseNumber(`--rules ${name}`, text);
  const value = Number(parseWhole(`--rules ${name}`, text, 0n, BigInt(most)));
  return most === 1 ? value === 1 : value;
}

export const ruleNames = Object.keys(rules).join(", ");

/**
 * What the text says: "name=number", with commas between them. Errors: usage, naming the rule, its text and the range.
 */
export function parseRules(text: string): Partial<GatePolicy> {
  const parts = text.split(",");
  if (parts.length > 1 && parts.at(-1) === "") parts.pop(); // a comma behind the last one
  return Object.fromEntries(
    parts.map((part) => {
      const equals = part.indexOf("=");
      const name = part.slice(0, Math.max(0, equals));
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      if (!rule) {
        failUsage(`--rules ${part}: expected NAME=NUMBER with one of ${ruleNames}`);
      }
      return [rule.field, parseValue(name, rule, part.slice(equals + 1))];
    }),
  );
}
