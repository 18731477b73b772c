export interface Chart {
  title: string;
  /** What stands below, one entry a point. */
  x: readonly string[];
  lines: readonly { name: string; values: readonly number[] }[];
}

const width = 720;
const height = 422;
const box = { left: 70, right: 40, top: 44, bottom: 130 };
/** Told apart without colour too: by their dashes. */
const strokes = [
  ['#1f6f54', ''],
  ['#5b5f66', '6 4'],
  ['#9a6a00', '2 4'],
  ['#2f5aa8', '10 3 2 3'],
  ['#a03050', '12 4'],
] as const;

/** A chart of lines as SVG, on a linear scale from zero. Free of scripts and of fonts from elsewhere. */
export function lineChart({ title, x, lines }: Chart): string {
  if (lines.length > strokes.length)
    throw new Error(`${lines.length} lines, but only ${strokes.length} that can be told apart`);
  const highest = niceCeiling(Math.max(...lines.flatMap(({ values }) => values)));
  const left = (at: number) => box.left + (at * (width - box.left - box.right)) / Math.max(1, x.length - 1);
  const top = (value: number) => height - box.bottom - (value * (height - box.top - box.bottom)) / highest;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = top(part * highest);
    return [
      `<line x1="${box.left}" y1="${y}" x2="${width - box.right}" y2="${y}" stroke="#d9dce1"/>`,
      `<text x="${box.left - 8}" y="${y + 4}" text-anchor="end">${label(part * highest)}</text>`,
    ].join('');
  });
  const below = x.map(
    (text, at) => `<text x="${left(at)}" y="${height - box.bottom + 20}" text-anchor="middle">${text}</text>`,
  );
  const drawn = lines.map(({ values }, at) => {
    const [colour, dash] = strokes[at] as (typeof strokes)[number];
    const points = values.map((value, place) => `${left(place).toFixed(1)},${top(value).toFixed(1)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
  });
  const legend = lines.map(({ name }, at) => {
    const [colour, dash] = strokes[at] as (typeof strokes)[number];
    const [place, y] = [box.left + (at % 2) * 330, height - 72 + Math.floor(at / 2) * 22];
    return `<line x1="${place}" y1="${y}" x2="${place + 34}" y2="${y}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/><text x="${place + 42}" y="${y + 4}">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#22262b">`,
    `<title>${title}</title><rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${box.left}" y="24" font-size="15" font-weight="600">${title}</text>`,
    ...grid,
    ...below,
    ...drawn,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

/** The next number above that is easy to read in quarters. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return ([1, 2, 4, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function label(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en') : String(Math.round(value * 100) / 100);
}
