const mostShown = 60;

/** What came, as an error message shows it: any value, a long text cut. */
export function shown(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > mostShown ? `${value.slice(0, mostShown)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value); // it has no text of its own
  }
}
