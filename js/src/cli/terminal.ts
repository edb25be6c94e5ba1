// What people read: colours where they are wanted, numbers in groups, columns that line up.

const colours = Boolean(process.stdout.isTTY) && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";

const styled = (code: number) => (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = styled(1);
export const dim = styled(2);
export const green = styled(32);

const columns = (text: string) => [...text.replace(/\x1b\[\d+m/g, "")].length;

/** "1,234,567" */
export function withCommas(n: number | bigint): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 byte", "2,300 bytes". */
export function counted(n: number, thing: string): string {
  return `${withCommas(n)} ${thing}${n === 1 ? "" : "s"}`;
}

/** "-" where x is not finite. */
export function fixed(x: number, digits: number): string {
  return Number.isFinite(x) ? x.toFixed(digits) : "-";
}

/** "12.3 %" for 0.123 */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${fixed(100 * share, digits)} %` : "-";
}

/** "+0.30 %" */
export function signedPercent(share: number): string {
  return (share >= 0 ? "+" : "") + percent(share, 2);
}

/** "1.2 MB", powers of 1000 */
export function bytesText(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; n >= 999.95 && unit + 1 < units.length; n /= 1000) unit++;
  return `${fixed(n, unit === 0 ? 0 : 1)} ${units[unit]}`;
}

/** "850 ms", "12.3 s", "3:07 min" */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 1e-3) return `${fixed(seconds * 1e6, 0)} us`;
  if (seconds < 1) return `${fixed(seconds * 1e3, 0)} ms`;
  if (seconds < 60) return `${fixed(seconds, 1)} s`;
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/** Eighths of a block, `width` columns. */
export function bar(share: number, width: number): string {
  const eighths = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
  const filled = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * width * 8);
  return Array.from({ length: width }, (_, i) => eighths[Math.min(8, Math.max(0, filled - 8 * i))]).join("");
}

/** Rows of cells in columns: the first flush left, the others flush right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, c) => (widths[c] = Math.max(widths[c] ?? 0, columns(cell))));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => {
      const space = " ".repeat((widths[c] ?? 0) - columns(cell));
      return `  ${c === 0 ? cell + space : space + cell}`;
    });
  return rows.map((row) => `${line(row).join("").trimEnd()}\n`).join("");
}

/** A progress line on stderr, at most ten times a second; nothing where stderr is not a terminal. */
export class Progress {
  readonly #total: number | undefined;
  readonly #started = performance.now();
  #drawnAt = this.#started;
  #drawn = false;

  constructor(total: number | undefined) {
    this.#total = total;
  }

  update(done: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#drawnAt < 100) return;
    this.#drawnAt = now;
    this.#drawn = true;
    const rate = (1000 * done) / (now - this.#started);
    let line = `${bytesText(done)}  ${bytesText(rate)}/s`;
    if (this.#total) {
      const share = done / this.#total;
      const left = durationText((this.#total - done) / rate);
      line = `${percent(share, 0)} |${bar(share, 24)}| ${line}  ${left} left`;
    }
    process.stderr.write(`\r\x1b[K${line}`);
  }

  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[K");
    this.#drawn = false;
  }
}
