const sliceMs = 8;

/** Lets the event loop run now and then, so that abort signals and other events come through a busy stream. */
export class Breather {
  #since = performance.now();

  /** True when 8 ms have passed since the loop last ran. */
  get due(): boolean {
    return performance.now() - this.#since > sliceMs;
  }

  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === "function") {
        setImmediate(resolve);
        return;
      }
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    });
    this.#since = performance.now();
  }
}
