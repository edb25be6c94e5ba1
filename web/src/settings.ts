// What the address of the page may ask for, so that a view can be shared and a test can start one.

export interface Settings {
  /** `?stream=dpkg.log` */
  stream: string | undefined;
  /** `?model=micro` */
  model: string | undefined;
  /** `?policy=exact` */
  policy: string | undefined;
  /** `?speed=500` or `full` */
  speed: string | undefined;
  /** `?bytes=20000`: only the first bytes of the stream. */
  bytes: number | undefined;
  /** `?dense=off` */
  dense: boolean;
  /** `?run`: start at once. */
  run: boolean;
  /** `?bench` or `?bench=4000`: measure at once. */
  bench: number | undefined;
}

const benchSteps = 4000;

export function settingsOf(query: URLSearchParams): Settings {
  return {
    stream: query.get("stream") ?? undefined,
    model: query.get("model") ?? undefined,
    policy: query.get("policy") ?? undefined,
    speed: query.get("speed") ?? undefined,
    bytes: positive(query.get("bytes")),
    dense: query.get("dense") !== "off",
    run: query.has("run"),
    bench: query.has("bench") ? (positive(query.get("bench")) ?? benchSteps) : undefined,
  };
}

function positive(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
