import { LetheError } from '../errors.ts';
import type { Incoming } from './message.ts';
import { type MessageType, messageTypes, readTrackingMessage } from './tracking-message.ts';

/** A message of a batch that was not taken. */
export interface Rejected {
  /** Its place in the batch, from 0. */
  index: number;
  messageId: string | null;
  code: string;
  /** Null where it is not one field that is wrong. */
  field: string | null;
  detail: string;
}

export interface Reading {
  /** Those that can be written, with their place in the batch. */
  good: { index: number; incoming: Incoming }[];
  bad: { rejected: Rejected; type: MessageType | undefined }[];
}

/** Who sends, and what a message may be. */
export interface Sender {
  /** Name of the write key. */
  source: string;
  receivedAt: Date;
  messageBytesMax: number;
}

type Fields = Record<string, unknown>;

/** More than a batch of the largest size has, unless somebody means to be a burden. */
const messagesMax = 10_000;

/** Fields that a batch may give to all of its messages at once. */
const sharedFields = ['sentAt', 'context'] as const;

/**
 * Reads every message of `{"batch": […]}`. What stands beside the batch, `sentAt` and `context`, is that of each message that has
 * none of its own.
 *
 * Throws `batch.missing`, `batch.too_many`.
 */
export function readBatch(body: unknown, bytes: number, sender: Sender): Reading {
  const { batch, ...shared } = isObject(body) ? body : ({} as Fields);
  if (!Array.isArray(batch)) {
    const detail = 'A batch is a JSON object whose field "batch" is a list of messages.';
    const errors = [{ field: 'batch', code: 'batch.missing', detail }];
    throw new LetheError('unreadable', 'batch.missing', detail, { errors });
  }
  if (batch.length > messagesMax) {
    const detail = `The batch has ${batch.length} messages; the most is ${messagesMax}.`;
    throw new LetheError('tooLarge', 'batch.too_many', detail);
  }
  // None can be larger than all of them.
  const size = bytes <= sender.messageBytesMax ? { bytes } : {};
  const reading: Reading = { good: [], bad: [] };
  batch.forEach((message, index) => {
    try {
      reading.good.push({ index, incoming: readIncoming(withShared(message, shared), size, sender) });
    } catch (error) {
      if (!(error instanceof LetheError)) throw error;
      reading.bad.push({ rejected: rejectedOf(message, index, error), type: typeOf(message) });
    }
  });
  return reading;
}

/** Reads the message of a call that has only one. Throws what `readTrackingMessage` throws. */
export function readSingle(body: unknown, type: MessageType, bytes: number, sender: Sender): Incoming {
  return readIncoming(isObject(body) ? { ...body, type } : body, { bytes }, sender);
}

function readIncoming(fields: unknown, size: { bytes?: number }, sender: Sender): Incoming {
  const { source, receivedAt, messageBytesMax } = sender;
  const message = readTrackingMessage(fields, { receivedAt, bytesMax: messageBytesMax, correctClock: true, ...size });
  return { message, origin: { trusted: false, from: typeOf(fields) ?? 'track', source, receivedAt } };
}

function withShared(message: unknown, shared: Fields): unknown {
  if (!isObject(message)) return message;
  const given = { ...message };
  for (const field of sharedFields) given[field] ??= shared[field];
  if (isObject(message.context) && isObject(shared.context)) given.context = { ...shared.context, ...message.context };
  return given;
}

function rejectedOf(message: unknown, index: number, { code, message: detail, extras }: LetheError): Rejected {
  return { index, messageId: messageIdOf(message), code, field: extras.errors?.[0]?.field || null, detail };
}

function messageIdOf(message: unknown): string | null {
  const messageId = isObject(message) ? message.messageId : undefined;
  return typeof messageId === 'string' && messageId.length <= 1_000 ? messageId : null;
}

/** The type that a message says it has, where it is one. */
function typeOf(message: unknown): MessageType | undefined {
  return isObject(message) ? messageTypes.find((type) => type === message.type) : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
