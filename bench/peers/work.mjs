// How much one step or one window is, counted from the model's shape; what the limits are compared with.

const vocab = 256;

/** Multiply-adds of the parts of a layer, for one position. */
function parts({ hidden, kvDim, ffn }) {
  return { query: hidden * hidden, keysAndValues: 2 * hidden * kvDim, out: hidden * hidden, ffn: hidden * ffn };
}

function layerMacs(shape) {
  const { query, keysAndValues, out, ffn } = parts(shape);
  return query + keysAndValues + out + 2 * ffn;
}

/** Bytes per weight, with the scale of every 32 of them where they have 4 bits. */
const bytesPerWeight = { int8: 1, int4: 0.5 + 2 / 32 };

/**
 * Bytes of weights that a step names, and those that it reads whatever the text: Q, K and V of the first layer are
 * looked up by byte, and of the second FFN matrix only the columns of active neurons are read.
 */
export function stepBytes(shape, weights) {
  const { query, keysAndValues, ffn } = parts(shape);
  const named = shape.layers * layerMacs(shape) + shape.hidden * vocab;
  const sure = named - (query + keysAndValues) - shape.layers * ffn;
  return { named: named * bytesPerWeight[weights], sure: sure * bytesPerWeight[weights] };
}

/**
 * Multiply-adds of a window of all its tokens: `all` where every position runs every layer, `needed` for the last
 * one's logits alone, where a layer runs for those that the layers above depend on.
 */
export function windowMacs(shape) {
  const { query, keysAndValues, out, ffn } = parts(shape);
  const head = shape.hidden * vocab;
  let needed = head;
  for (let above = 0; above < shape.layers; above++) {
    const runs = Math.min(shape.tokens, 1 + above * (shape.window - 1));
    const seen = Math.min(shape.tokens, runs + shape.window - 1);
    needed += runs * (query + out + 2 * ffn) + seen * keysAndValues;
  }
  return { all: shape.tokens * shape.layers * layerMacs(shape) + head, needed };
}
