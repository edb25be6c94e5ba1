// Observable Plot without a browser: options in, the text of an SVG file out.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

export { Plot };

/** Colours by engine; peers are grey, so that ours stand out on paper too. */
export const colours = {
  "mgt native": "#0b5fa5",
  "mgt wasm relaxed": "#2a9d57",
  "mgt wasm simd128": "#d98c0a",
  "onnxruntime-node": "#6b6b6b",
  "onnxruntime-web": "#a8a8a8",
};
export const limitColour = "#c0182b";

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

const width = 860;
const lineHeight = 16;

/** Marks that name the lines of a plot above its frame, in as many columns as fit; and the room they take. */
export function legend(items) {
  const columnWidth = 24 + 7.6 * Math.max(...items.map(({ name }) => name.length));
  const columns = Math.max(1, Math.floor((width - 90) / columnWidth));
  const lines = Math.ceil(items.length / columns);
  const marks = items.map(({ name, colour }, i) =>
    Plot.text([`\u25ac ${name}`], {
      facet: "super", // once, not in every facet
      frameAnchor: "top-left",
      dx: (i % columns) * columnWidth,
      dy: -10 - lineHeight * (lines - Math.floor(i / columns)),
      fill: colour,
      fontWeight: "bold",
    }),
  );
  return { marks, height: 24 + lineHeight * lines };
}

/** A plot under its title and subtitle, on white. */
export function svgOf({ title, subtitle, ...options }) {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const headHeight = 48;
  const plot = Plot.plot({
    document,
    width,
    height: 400,
    marginRight: 40,
    ...options,
    marginTop: (options.marginTop ?? 24) + headHeight,
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "#222" },
  });
  const svg = plot.tagName.toLowerCase() === "svg" ? plot : plot.querySelector("svg");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const height = svg.getAttribute("height");
  const head =
    `<rect width="${width}" height="${height}" fill="white"/>` +
    `<text x="12" y="20" style="font: bold 15px sans-serif" text-anchor="start">${escape(title)}</text>` +
    `<text x="12" y="38" style="font: 12px sans-serif" fill="#555" text-anchor="start">${escape(subtitle)}</text>`;
  const text = svg.outerHTML;
  const at = text.indexOf(">") + 1;
  return `${text.slice(0, at)}${head}${text.slice(at)}\n`;
}
