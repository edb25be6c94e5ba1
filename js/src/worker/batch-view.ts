import type { Layout } from "../core/runtime.js";
import { StepView, vocabSize } from "../core/step-view.js";
import type { RecordSource } from "../core/witness.js";
import { batchStride } from "./host.js";
import type { Batch } from "./protocol.js";

/** Shows the steps of received batches one after another through one StepView. */
export class BatchView implements RecordSource {
  readonly step: StepView;
  readonly #witnessBytes: number;
  #view = new DataView(new ArrayBuffer(0));

  constructor(layout: Layout) {
    this.#witnessBytes = layout.witness.size;
    this.step = new StepView(this, layout, (logits) => logits);
  }

  get view(): DataView {
    return this.#view;
  }

  show(batch: Batch, i: number): StepView {
    if (this.#view.buffer !== batch.buffer) this.#view = new DataView(batch.buffer);
    const stride = batch.buffer.byteLength / batch.steps;
    const base = i * stride;
    const outputs = stride > batchStride(this.#witnessBytes, false);
    const logits = base + batchStride(this.#witnessBytes, false);
    this.step.moveTo(outputs ? logits : -1, outputs ? logits + 4 * vocabSize : -1, base);
    return this.step;
  }
}
