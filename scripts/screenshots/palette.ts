import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Colours of a palette. */
const coloursMax = 256;
/** So many of the most frequent are kept as they are, however alike: surfaces differ by little, and are large. */
const keptMax = 64;
const signature = Buffer.from('89504e470d0a1a0a', 'hex');

interface Pixels {
  width: number;
  height: number;
  /** 24 bits each, row by row. */
  colours: Uint32Array;
}

/**
 * The same picture with 256 colours, in a third of the bytes: what the documentation weighs is carried by every installation. A screen
 * has few colours and many shades of them at the edges of its letters; a rare shade becomes one that is like it.
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, colours } = decode(png);
  const palette = paletteOf(colours);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[y * width + x] ?? 0;
      let place = places.get(colour);
      if (place === undefined) {
        place = nearest(palette, colour);
        places.set(colour, place);
      }
      rows[y * (width + 1) + 1 + x] = place;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, a palette.
  header.set([8, 3], 8);
  const entries = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', entries),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * Colours of which one is near every colour of the picture: the frequent ones, and rare ones that nothing else is like, such as those of
 * a warning. As near as 256 of them allow.
 */
function paletteOf(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  for (let near = 0; ; near += 2) {
    const palette = coverOf(byCount, near);
    if (palette) return palette;
  }
}

/** The most frequent colours, and others that are not nearer to any than that; undefined when they are too many. */
function coverOf(byCount: readonly number[], near: number): number[] | undefined {
  const palette = byCount.slice(0, keptMax);
  for (const colour of byCount.slice(keptMax)) {
    if (palette.some((other) => distance(other, colour) <= near * near)) continue;
    if (palette.length === coloursMax) return undefined;
    palette.push(colour);
  }
  return palette;
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, other] of palette.entries()) {
    const far = distance(other, colour);
    if (far < least) [best, least] = [place, far];
  }
  return best;
}

/** The square of how far apart two colours are. */
function distance(one: number, other: number): number {
  const red = (other >> 16) - (one >> 16);
  const green = ((other >> 8) & 255) - ((one >> 8) & 255);
  const blue = (other & 255) - (one & 255);
  return red * red + green * green + blue * blue;
}

/** Reads what Chromium writes: eight bits a channel, three or four channels, not interlaced. */
function decode(png: Buffer): Pixels {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const packed: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') packed.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const bytes = unfilter(inflateSync(Buffer.concat(packed)), width * channels, channels);
  const colours = new Uint32Array(width * height);
  for (let n = 0; n < colours.length; n++) colours[n] = bytes.readUIntBE(n * channels, 3);
  return { width, height, colours };
}

/** Undoes the filter of every row, which its first byte names. */
function unfilter(filtered: Buffer, rowBytes: number, channels: number): Buffer {
  const rows = filtered.length / (rowBytes + 1);
  const bytes = Buffer.alloc(rowBytes * rows);
  for (let row = 0; row < rows; row++) {
    const filter = filtered[row * (rowBytes + 1)] ?? 0;
    for (let n = 0; n < rowBytes; n++) {
      const at = row * rowBytes + n;
      const left = n < channels ? 0 : (bytes[at - channels] ?? 0);
      const up = row === 0 ? 0 : (bytes[at - rowBytes] ?? 0);
      const corner = row === 0 || n < channels ? 0 : (bytes[at - rowBytes - channels] ?? 0);
      bytes[at] = (filtered[row * (rowBytes + 1) + 1 + n] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  return bytes;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, check]);
}
