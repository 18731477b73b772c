/** A value of an attribute or a property as people read it: text as it is, lists with commas, what is nested as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((entry) => entry === null || typeof entry !== 'object'))
    return value.map(textOf).join(', ');
  return JSON.stringify(value);
}

/** Properties in one line: `sku: 0042 · revenue: 59.9`. Empty where there are none. */
export function lineOf(properties: unknown): string {
  if (properties === null || typeof properties !== 'object') return '';
  return Object.entries(properties)
    .map(([name, value]) => `${name}: ${textOf(value)}`)
    .join(' · ');
}

/** Properties as JSON that people can read, a line each. */
export function jsonOf(properties: unknown): string {
  return JSON.stringify(properties, null, 2);
}
