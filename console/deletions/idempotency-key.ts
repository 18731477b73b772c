/** A key that names one attempt. `crypto.randomUUID` is missing where the console is reached without TLS and not on this machine. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
