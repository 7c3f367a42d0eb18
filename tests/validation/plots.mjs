// Plots for validation reports, as SVG text: maps and curves on logarithmic or linear axes.

const size = { width: 560, height: 400, left: 74, right: 96, top: 34, bottom: 52 };
const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };

/// A scale from values to pixels: { low, high, log }.
const place = ({ low, high, log }, value) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
const toX = (axis, value) => size.left + inner.width * place(axis, value);
const toY = (axis, value) => size.top + inner.height * (1 - place(axis, value));

function ticks({ low, high, log }) {
  if (!log) return Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5);
  const result = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; ++power)
    result.push(10 ** power);
  return result;
}

const number = (value) =>
  value !== 0 && (Math.abs(value) >= 1e4 || Math.abs(value) < 1e-2)
    ? value.toExponential(0).replace('e+', 'e')
    : String(Number(value.toPrecision(3)));

function frame(title, x, y, content) {
  const text = (px, py, words, more = '') => `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" ${more}>${words}</text>`;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    text(size.left, 20, title, 'font-size="13" font-weight="600"'),
    ...content,
    `<rect x="${size.left}" y="${size.top}" width="${inner.width}" height="${inner.height}" fill="none" stroke="#222"/>`,
  ];
  for (const value of ticks(x)) {
    const px = toX(x, value);
    out.push(`<path d="M${px.toFixed(1)} ${size.top + inner.height}v5" stroke="#222"/>`);
    out.push(text(px, size.top + inner.height + 18, number(value), 'text-anchor="middle"'));
  }
  for (const value of ticks(y)) {
    const py = toY(y, value);
    out.push(`<path d="M${size.left} ${py.toFixed(1)}h-5" stroke="#222"/>`);
    out.push(text(size.left - 8, py + 4, number(value), 'text-anchor="end"'));
  }
  out.push(text(size.left + inner.width / 2, size.height - 12, x.label, 'text-anchor="middle"'));
  const middle = size.top + inner.height / 2;
  out.push(text(16, middle, y.label, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`));
  out.push('</svg>');
  return `${out.join('\n')}\n`;
}

// From pale to dark, readable in grey and by the colour-blind.
const shades = ['#b2182b', '#ef8a62', '#fddbc7', '#d1e5f0', '#92c5de', '#4393c3', '#2166ac'];
const steps = [20, 100, 300, 1000, 2000, 4000];
const shade = (value) => shades[steps.filter((step) => value >= step).length];

/// Cells of effective events: { x, y, value } at the points of a grid; a cell without value stays white.
export function effectiveEventsMap(title, x, y, cells) {
  const width = inner.width / x.count;
  const height = inner.height / y.count;
  const content = cells
    .filter(({ value }) => value !== null)
    .map(({ i, j, value }) => {
      const px = size.left + i * width;
      const py = size.top + inner.height - (j + 1) * height;
      return `<rect x="${px.toFixed(2)}" y="${py.toFixed(2)}" width="${(width + 0.3).toFixed(2)}" height="${(height + 0.3).toFixed(2)}" fill="${shade(value)}"/>`;
    });
  shades.forEach((colour, i) => {
    const py = size.top + 20 + 22 * (shades.length - 1 - i);
    const words = i === 0 ? '&lt; 20' : `≥ ${steps[i - 1]}`;
    content.push(
      `<rect x="${size.width - size.right + 12}" y="${py}" width="16" height="16" fill="${colour}" stroke="#888"/>`,
    );
    content.push(`<text x="${size.width - size.right + 33}" y="${py + 12}">${words}</text>`);
  });
  // The grid's points are the middles of the cells.
  const widen = (axis) => {
    const half = Math.log(axis.high / axis.low) / (axis.count - 1) / 2;
    const step = (axis.high - axis.low) / (axis.count - 1) / 2;
    return axis.log
      ? { ...axis, low: axis.low * Math.exp(-half), high: axis.high * Math.exp(half) }
      : { ...axis, low: axis.low - step, high: axis.high + step };
  };
  return frame(title, widen(x), widen(y), content);
}

/// Curves: [{ name, colour, dash, points: [[x, y]] }], named at their start, and horizontal lines: [{ name, at }].
export function curvePlot(title, x, y, curves, lines = []) {
  const content = [];
  for (const { name, at } of lines) {
    const py = toY(y, at).toFixed(1);
    content.push(`<path d="M${size.left} ${py}h${inner.width}" stroke="#777" stroke-dasharray="3 3"/>`);
    content.push(`<text x="${size.left + inner.width - 6}" y="${py - 5}" text-anchor="end" fill="#555">${name}</text>`);
  }
  curves.forEach(({ name, colour, dash, points }, i) => {
    const path = points.map(([a, b], k) => `${k ? 'L' : 'M'}${toX(x, a).toFixed(1)} ${toY(y, b).toFixed(1)}`).join('');
    content.push(
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash ?? ''}"/>`,
    );
    const py = size.top + 18 + 18 * i;
    const px = size.width - size.right + 10;
    content.push(
      `<path d="M${px} ${py - 4}h22" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash ?? ''}"/>`,
    );
    content.push(`<text x="${px + 28}" y="${py}">${name}</text>`);
  });
  return frame(title, x, y, content);
}

/// Points with errors: [{ name, colour, hollow, points: [[x, y, error]] }], and a line at zero; what lies outside is cut.
export function pointPlot(title, x, y, series) {
  const content = [`<path d="M${size.left} ${toY(y, 0).toFixed(1)}h${inner.width}" stroke="#777"/>`];
  const inside = (value) => toY(y, Math.min(y.high, Math.max(y.low, value))).toFixed(1);
  series.forEach(({ name, colour, hollow, points }, i) => {
    const fill = hollow ? '#fff' : colour;
    for (const [a, b, error] of points) {
      const px = toX(x, a).toFixed(1);
      content.push(`<path d="M${px} ${inside(b - error)}V${inside(b + error)}" stroke="${colour}"/>`);
      if (b >= y.low && b <= y.high)
        content.push(`<circle cx="${px}" cy="${inside(b)}" r="3" fill="${fill}" stroke="${colour}"/>`);
    }
    const py = size.top + 18 + 18 * i;
    const px = size.width - size.right + 12;
    content.push(`<circle cx="${px}" cy="${py - 4}" r="3" fill="${fill}" stroke="${colour}"/>`);
    content.push(`<text x="${px + 8}" y="${py}" font-size="11">${name}</text>`);
  });
  return frame(title, x, y, content);
}
