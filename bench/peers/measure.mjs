// One case (a model and a task): every entrant opened and checked, then timed in turns.
import { setTimeout as rest } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { checkAgreement } from "./check.mjs";
import { entrantsFor } from "./entrants.mjs";
import { exportGraph } from "./models.mjs";
import { stream } from "./paths.mjs";
import { summary } from "./statistics.mjs";

const leastRuns = 300;
const warmMs = 6; // caches and branch predictors have seen another program
const sliceMs = 25;
const longestSliceMs = 500;
const restAfterMs = 200;
const restMs = 20;

function requestOf(model, task, entrant) {
  const { tokens, layers, heads, headDim } = model.shape;
  const parts = [model.config, model.weights, task, entrant.form].map((part) => part.replaceAll(" ", "-"));
  return {
    id: parts.join("/"),
    task,
    stream,
    model: model.path,
    tokens: task === "window" ? tokens : 1,
    cache: { layers, heads, headDim },
    ...(entrant.graph ? { graph: exportGraph(model, { task, ...entrant.graph }) } : {}),
    ...entrant.request,
  };
}

/** The bytes after which everyone must say the same: windows from all over the stream. */
function samples(count) {
  const bytes = readFileSync(stream);
  return [0, 1, 2, 3].map((i) => [...bytes.subarray(1000 + i * 50_000, 1000 + i * 50_000 + count)]);
}

async function check(model, task, field) {
  const worst = new Map();
  for (const tokens of samples(model.shape.tokens)) {
    const answers = [];
    for (const { entrant, engine, id } of field) {
      answers.push({ entrant, logits: (await engine.ask({ op: "logits", id, tokens })).logits });
    }
    for (const found of checkAgreement(model, task, answers)) {
      const name = `${found.engine} ${found.form}`;
      if (!(worst.get(name)?.difference >= found.difference)) worst.set(name, found);
    }
  }
  return [...worst.values()];
}

/**
 * engines  a started program by name; entrants of other programs do not take part
 * rounds   turns of each; say(round) is called before every one
 *
 * Returns { rows, checks }.
 */
export async function measureCase(model, task, engines, { rounds, say }) {
  const field = [];
  for (const entrant of entrantsFor(model.weights)) {
    const engine = engines[entrant.program];
    if (!engine || (entrant.only && entrant.only !== task)) continue;
    const request = requestOf(model, task, entrant);
    await engine.open(request);
    field.push({ entrant, engine, id: request.id, us: [] });
  }
  const checks = await check(model, task, field);
  for (const one of field) {
    const { us } = await one.engine.ask({ op: "time", id: one.id, warm_ms: 300, ms: 50, least: 3 });
    const typicalMs = summary(us).p50_us / 1000;
    one.sliceMs = Math.min(longestSliceMs, Math.max(sliceMs, (leastRuns / rounds) * typicalMs));
  }
  let sinceRest = 0;
  for (let round = 0; round < rounds; round++) {
    say(round + 1);
    for (let turn = 0; turn < field.length; turn++) {
      const one = field[(turn + round) % field.length];
      const least = Math.ceil(leastRuns / rounds);
      const { us } = await one.engine.ask({ op: "time", id: one.id, warm_ms: warmMs, ms: one.sliceMs, least });
      one.us.push(...us);
      sinceRest += warmMs + one.sliceMs;
      if (sinceRest < restAfterMs) continue;
      sinceRest = 0;
      await rest(restMs);
    }
  }
  const { config, weights } = model;
  const rows = field.map(({ entrant, us }) => ({
    config,
    weights,
    task,
    engine: entrant.engine,
    form: entrant.form,
    ...summary(us),
  }));
  return { rows, checks: checks.map((found) => ({ config, weights, task, ...found })) };
}
