// The page behind bench/browsers: hands requests of the engines' line protocol to the worker and its answers back.
const worker = new Worker(new URL("engine.mjs", import.meta.url), { type: "module" });

globalThis.ask = (request) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.postMessage(request);
  });
