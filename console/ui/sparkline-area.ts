export interface Box {
  width: number;
  height: number;
}

/**
 * The outline of values above or below the middle of a box, as the points of an SVG polygon. `most` is the value that reaches the edge;
 * the first and last value stand at the sides.
 */
export function areaOf(values: readonly number[], most: number, side: 'up' | 'down', { width, height }: Box): string {
  const middle = height / 2;
  const direction = side === 'up' ? -1 : 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const edge = values.map((value, n) => {
    const length = most === 0 ? 0 : (value / most) * middle;
    return `${round(n * step)},${round(middle + direction * length)}`;
  });
  return [`0,${round(middle)}`, ...edge, `${round((values.length - 1) * step)},${round(middle)}`].join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
