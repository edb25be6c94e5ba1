// Before anything is timed: the engines compute the same thing.
//
// All that differs is how activations are rounded. What that may do is the model's own self-test tolerance
// (mgt.selftest.tolerance: four times the largest difference between the int8 path and float32 on its text, at least
// 0.1). On other texts than its own: twice that between us and float32, three times between us and another rounding.
// Ours among themselves: not at all. onnxruntime's float32 against the reference that the file carries: `exact`.
export const toleranceOf = (model) => model.shape.selfTest.tolerance;

/** Float32 sums in another order: eps times the sum's terms (ffn of 1024), layers and logits of about 20. */
export const exact = 2e-3;

export function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} logits against ${b.length}`);
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - b[i]);
    return difference <= largest ? largest : difference; // NaN is the largest
  }, 0);
}

/** The bound that an entrant's logits keep from ours. */
export function boundOf(model, entrant) {
  if (entrant.program === "native" || entrant.program === "relaxed" || entrant.program === "simd128") return 0;
  return (entrant.form === "fp32" ? 2 : 3) * toleranceOf(model);
}

/** Throws where one entrant's logits are out of bounds; returns what was seen. */
export function checkAgreement(model, task, answers) {
  const ours = answers.find(({ entrant }) => entrant.program === "native").logits;
  return answers.map(({ entrant, logits }) => {
    const difference = largestDifference(ours, logits);
    const bound = boundOf(model, entrant);
    const name = `${model.config} ${model.weights} ${task}, ${entrant.engine} ${entrant.form}`;
    if (!(difference <= bound))
      throw new Error(`${name}: logits differ by ${difference} from ours, allowed is ${bound}`);
    return { engine: entrant.engine, form: entrant.form, difference: Number(difference.toFixed(6)), bound };
  });
}
