// SVG plots of lines and points: linePlot({title, x, y, series}) is all that the report asks of a plotting library.
const size = { width: 640, height: 400, left: 60, right: 170, top: 40, bottom: 50 };
const colours = ["#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"];
const ticks = 5;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const rounded = (value) => Number(value.toFixed(1));

/** A function from values to pixels. */
function scale([from, to], [first, last]) {
  return (value) => first + ((value - from) / (to - from)) * (last - first);
}

function label(x, y, text, more = "") {
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${more}>${escaped(text)}</text>`;
}

function axes({ x, y }, toX, toY) {
  const { width, height, left, right, bottom } = size;
  const parts = [];
  for (let i = 0; i <= ticks; ++i) {
    const valueX = x.domain[0] + (i / ticks) * (x.domain[1] - x.domain[0]);
    const valueY = y.domain[0] + (i / ticks) * (y.domain[1] - y.domain[0]);
    parts.push(label(toX(valueX), height - bottom + 16, x.format(valueX), 'text-anchor="middle"'));
    parts.push(label(left - 6, toY(valueY) + 4, y.format(valueY), 'text-anchor="end"'));
    const at = rounded(toY(valueY));
    parts.push(`<line x1="${left}" x2="${width - right}" y1="${at}" y2="${at}" stroke="#ccc"/>`);
  }
  parts.push(label((left + width - right) / 2, height - 12, x.label, 'text-anchor="middle"'));
  parts.push(label(left - 50, size.top - 8, y.label));
  return parts;
}

function drawn({ name, points, dots }, i, toX, toY) {
  const colour = colours[i % colours.length];
  const inside = points.map(([px, py]) => `${rounded(toX(px))},${rounded(toY(py))}`);
  const key = size.top + 14 + 18 * i;
  const right = size.width - size.right;
  return [
    dots ? "" : `<polyline points="${inside.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...(dots ? inside : []).map((at) => `<circle cx="${at.replace(",", '" cy="')}" r="4" fill="${colour}"/>`),
    `<rect x="${right + 12}" y="${key - 9}" width="10" height="10" fill="${colour}"/>`,
    label(right + 28, key, name),
  ];
}

/**
 * series: [{name, points: [[x, y], ...], dots}], in the order of the key; dots draws the points alone.
 * x, y: {label, domain: [from, to], format}; what lies outside is cut off.
 */
export function linePlot({ title, x, y, series }) {
  const { width, height, left, right, top, bottom } = size;
  const toX = scale(x.domain, [left, width - right]);
  const toY = scale(y.domain, [height - bottom, top]);
  const frame = `<clipPath id="frame"><rect x="${left - 5}" y="${top - 5}" width="${width - left - right + 10}" height="${height - top - bottom + 10}"/></clipPath>`;
  const body = series.map((one, i) => drawn(one, i, toX, toY));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    frame,
    label(left, 18, title, 'font-weight="bold" font-size="14"'),
    ...axes({ x, y }, toX, toY),
    ...body.map((parts) => `<g clip-path="url(#frame)">${parts.slice(0, -2).join("")}</g>${parts.slice(-2).join("")}`),
    "</svg>\n",
  ].join("\n");
}
