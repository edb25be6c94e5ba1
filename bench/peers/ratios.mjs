// Ours against the best variant of the peer, for every case, and the ratio to reach.

/** Native without AMX, relaxed, simd128: about what the machine's own limits would let through. */
const goals = {
  "micro int8 step": [0.12, 0.15, 0.25],
  "micro int8 window": [0.25, 0.35, 0.75],
  "micro int4 step": [0.12, 0.15, 0.25],
  "micro int4 window": [0.25, 0.35, 0.75],
  "baseline int8 step": [0.35, 0.22, 0.3],
  "baseline int8 window": [0.45, 0.4, 0.8],
  "baseline int4 step": [0.2, 0.15, 0.22],
  "baseline int4 window": [0.45, 0.4, 0.8],
};

export const pairs = [
  ["mgt native", "onnxruntime-node"],
  ["mgt wasm relaxed", "onnxruntime-web"],
  ["mgt wasm simd128", "onnxruntime-web"],
];

/** Forms of the peers that their public packages run on a plain export. */
const publicForms = new Set(["fp32", "int8", "int4 (MatMulNBits)"]);

/** A run that other programs disturbed shows in how far its median lies above its own best tenth. */
const quiet = 1.25;
export const isNoisy = (rows) => rows.some(({ p50_us, p10_us }) => p50_us > quiet * p10_us);

/**
 * One entry per case and pair: { config, weights, task, ours, peer, peer_form, ours_us, peer_us, ratio, goal, ... }.
 * Of medians; where the machine was busy with other work (`by` is "p10_us"), of the best tenth of all runs instead.
 */
export function ratiosOf(rows) {
  const cases = [...new Set(rows.map(({ config, weights, task }) => `${config} ${weights} ${task}`))];
  return cases.flatMap((name) => {
    const [config, weights, task] = name.split(" ");
    const here = rows.filter((row) => row.config === config && row.weights === weights && row.task === task);
    const noisy = isNoisy(here);
    const by = noisy ? "p10_us" : "p50_us";
    const ratioOf = (ours, peer, of = by) => (ours && peer ? Number((ours[of] / peer[of]).toFixed(4)) : null);
    return pairs.flatMap(([engine, peer], i) => {
      const form = (of, wanted) => here.find((row) => row.engine === of && row.form === wanted);
      const ours = form(engine, "transformer");
      const candidates = here.filter((row) => row.engine === peer && publicForms.has(row.form));
      if (!ours || candidates.length === 0) return [];
      const best = candidates.reduce((a, b) => (b[by] < a[by] ? b : a));
      return {
        config,
        weights,
        task,
        ours: engine,
        peer,
        peer_form: best.form,
        by,
        ours_us: ours[by],
        peer_us: best[by],
        ratio: ratioOf(ours, best),
        median_ratio: ratioOf(ours, best, "p50_us"),
        goal: goals[name]?.[i] ?? null,
        ours_p99_over_p50: Number((ours.p99_us / ours.p50_us).toFixed(3)),
        whole_step_ratio: ratioOf(form(engine, "whole step"), best),
        all_positions_ratio: ratioOf(form(engine, "all positions"), best),
        narrow_ratio: ratioOf(ours, form(peer, "int8 narrow")),
        direct_ratio: ratioOf(ours, form(peer, "int8 direct")),
      };
    });
  });
}
