/** A result as JSON with one line per entry of a list, so that a diff shows which rows changed. */
export function listedJson(result) {
  const fields = Object.entries(result).map(([key, value]) => ` ${JSON.stringify(key)}: ${lines(value)}`);
  return `{\n${fields.join(",\n")}\n}\n`;
}

function lines(value) {
  if (Array.isArray(value)) return `[\n${value.map((one) => `  ${JSON.stringify(one)}`).join(",\n")}\n ]`;
  return JSON.stringify(value);
}
