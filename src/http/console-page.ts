/** Stands in the built page for the nonce of each answer; `console/vite.config.ts` puts it there. */
export const noncePlaceholder = '__NONCE__';

/**
 * What the page may load and do: its own files and nothing else. Scripts come from files of this server only; the components
 * write a few style elements of their own, which carry the nonce. Nobody may put the page into a frame.
 */
export function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
