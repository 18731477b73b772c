import type { Json } from './written.ts';

const widthCharacters = 40;

/** A rule as JSON to read: what fits is on one line, the rest is broken as usual. */
export function ruleText(json: Json | undefined): string {
  return json === undefined ? '' : laidOut(json, '', widthCharacters);
}

/** `width` is what is left of the line after what stands before the value. */
function laidOut(json: Json, indent: string, width: number): string {
  const line = onOneLine(json);
  if (line.length <= width || json === null || typeof json !== 'object') return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(json) ? '[]' : '{}';
  const parts = Array.isArray(json)
    ? json.map((entry) => laidOut(entry, inner, widthCharacters - inner.length))
    : Object.entries(json).map(([name, value]) => {
        const key = `${JSON.stringify(name)}: `;
        return `${key}${laidOut(value, inner, widthCharacters - inner.length - key.length)}`;
      });
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`;
}

function onOneLine(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(onOneLine).join(', ')}]`;
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  return `{${Object.entries(json)
    .map(([name, value]) => `${JSON.stringify(name)}: ${onOneLine(value)}`)
    .join(', ')}}`;
}
