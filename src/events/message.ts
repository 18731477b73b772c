import type { Identity } from '../identities/identity.ts';
import type { Json } from '../json.ts';

export type { Identity, Json };

/**
 * A message as every way in hands it over: validated, times resolved, identities made by `readIdentity`. What is written from
 * it is decided in write.ts alone, whether it came through an import, the tracking API or the Event API.
 */
export interface Message {
  /** At least one; no known non-ids such as `null` or `anonymous`. */
  identities: readonly Identity[];
  /** The moment it happened: of the event, and of the attributes it brings. */
  at: Date;
  /** What the user did; absent for a message that only changes the profile. */
  event?: { action: string; properties?: Record<string, Json> };
  /**
   * Attributes to set; `null` removes one. `email` also becomes the identity of that type when the origin is trusted: the
   * writer sees to it.
   */
  traits?: Record<string, Json>;
  /** Taken once within the setting `messageIdHours`. */
  messageId?: string;
}

/** A message with where it came from: one transaction may hold the messages of many requests. */
export interface Incoming {
  message: Message;
  origin: Origin;
}

/** Where messages came from. */
export interface Origin {
  /** Attributes from a trusted origin (an import, a token) win over those from a page. */
  trusted: boolean;
  /** Kept with each attribute: `import`, `track`, `identify`, `token`, … */
  from: string;
  /** Name of the write key or token that it came with. */
  source?: string;
  /** Number of the import that brought them. */
  importNo?: number;
  receivedAt: Date;
}
