// What must not outlive the tests: servers and browsers that were started as processes of their own.
const running = new Set();
const endAll = () => {
  for (const stop of running) stop();
};

process.once("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Makes sure that `stop` is called once: when its result is called, or when this process ends. */
export function stopsAtEnd(stop) {
  const once = () => {
    if (running.delete(once)) stop();
  };
  running.add(once);
  return once;
}
