import { parseJsonBytes, unreadable } from './bounded-body.ts';

/** An event as it was sent: parsed, and how many bytes of JSON it was. */
export interface SentEvent {
  body: unknown;
  bytes: number;
}

/** An event that is the body itself. Throws `request.unreadable`. */
export function readJsonEvent(bytes: Uint8Array): SentEvent {
  return { body: parseJsonBytes(bytes), bytes: bytes.length };
}

/** The event in the field `event` of a form. Throws `request.unreadable`. */
export function readFormEvent(form: Buffer): SentEvent {
  return readEncodedEvent(new URLSearchParams(form.toString('latin1')).getAll('event'));
}

/**
 * An event in base64, the standard alphabet or the one for addresses, padded or not, from a field that has to be there once.
 * Throws `request.unreadable`.
 */
export function readEncodedEvent(field: unknown): SentEvent {
  const [encoded, ...others] = [field ?? []].flat() as unknown[];
  if (typeof encoded !== 'string' || others.length > 0) {
    throw unreadable('The field "event" is there once: the event as JSON, in base64.');
  }
  // A plus that was not written as %2B reads as a space.
  const text = encoded.trim().replaceAll(' ', '+');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw unreadable('The field "event" is not base64.');
  return readJsonEvent(Buffer.from(text, 'base64'));
}
