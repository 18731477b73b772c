import type { ImportItem } from '../../src/imports/import-routes.ts';

export type FileFormat = ImportItem['format'];

/** The beginning of a chosen file: enough to see what is in it, however large it is. */
export interface FileStart {
  format: FileFormat;
  /** It is gzip data, by its content and not by its name. */
  packed: boolean;
  /** Unpacked; undefined where this browser cannot unpack it. */
  text: string | undefined;
  /** Whether that is all of the file. */
  whole: boolean;
}

/** A file that cannot be imported. */
export class FileProblem extends Error {
  readonly code: 'empty' | 'encoding' | 'unreadable' | 'header' | 'separator';

  constructor(code: FileProblem['code'], options?: ErrorOptions) {
    super(code, options);
    this.name = 'FileProblem';
    this.code = code;
  }
}

/** How much of a file is looked at, in bytes, unpacked. */
const startBytes = 512 * 1_024;

/** Reads the beginning of a file in this browser; nothing is sent. Throws FileProblem: `empty`, `encoding`, `unreadable`. */
export async function readStart(file: File): Promise<FileStart> {
  if (file.size === 0) throw new FileProblem('empty');
  const first = await bytesOf(file.slice(0, startBytes));
  const packed = first[0] === 0x1f && first[1] === 0x8b;
  const unpacked = packed ? await unpackedStart(file) : { bytes: first, whole: file.size <= startBytes };
  if (!unpacked) return { format: formatOf(file.name, ''), packed, text: undefined, whole: false };
  const text = decoded(unpacked.bytes, unpacked.whole);
  return { format: formatOf(file.name, text), packed, text, whole: unpacked.whole };
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new FileProblem('unreadable', { cause });
  }
}

/** Undefined where the browser cannot unpack it; whether it is broken is for the server to say, who reads all of it. */
async function unpackedStart(file: File): Promise<{ bytes: Uint8Array; whole: boolean } | undefined> {
  if (!('DecompressionStream' in globalThis)) return undefined;
  const chunks: Uint8Array[] = [];
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  let whole = false;
  try {
    for (let size = 0; size < startBytes; ) {
      const { done, value } = await reader.read();
      if (done) {
        whole = true;
        break;
      }
      chunks.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    // A file of several gzip members, say, of which this browser reads the first.
  }
  return chunks.length === 0 ? undefined : { bytes: joined(chunks), whole };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Without a byte order mark. A character that is cut off at the end of a beginning is not there. */
function decoded(bytes: Uint8Array, whole: boolean): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
    if (text.trim() === '') throw new FileProblem('empty');
    if (text.includes('\0')) throw new FileProblem('encoding');
    return text;
  } catch (cause) {
    throw cause instanceof FileProblem ? cause : new FileProblem('encoding', { cause });
  }
}

/** By the name, or else by what the file begins with. */
function formatOf(name: string, text: string): FileFormat {
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  if (/\.(ndjson|jsonl|json)$/.test(bare)) return 'ndjson';
  if (bare.endsWith('.csv')) return 'csv';
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}
