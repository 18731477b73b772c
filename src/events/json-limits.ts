/** Objects within objects; deeper ones would exhaust the stack of whoever writes them out. */
const jsonDepthMax = 32;

/**
 * Why a parsed JSON value cannot be kept: a NUL character or half a surrogate pair (PostgreSQL has neither in its texts, and one
 * of them would fail a whole batch), a number beyond what numbers hold, objects too deep. Undefined when it can be kept.
 */
export function unkeepable(value: unknown, depth = 0): 'text' | 'number' | 'depth' | undefined {
  if (typeof value === 'string') return keepableText(value) ? undefined : 'text';
  // JSON.parse makes Infinity of 1e999, and JSON.stringify would make null of that.
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'number';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === jsonDepthMax) return 'depth';
  for (const [key, entry] of Object.entries(value)) {
    const problem = keepableText(key) ? unkeepable(entry, depth + 1) : 'text';
    if (problem) return problem;
  }
  return undefined;
}

function keepableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** About how many bytes of memory a value takes: texts in full, a little for everything else. */
export function memoryOf(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 16;
  let bytes = 64;
  for (const [key, entry] of Object.entries(value)) bytes += 16 + 2 * key.length + memoryOf(entry);
  return bytes;
}
