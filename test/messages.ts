import { sql } from 'kysely';
import { type GatedTx, withSharedGate } from '../src/database/gate.ts';
import type { DatasetDb } from '../src/database/handle.ts';
import type { Incoming, Message, Origin } from '../src/events/message.ts';
import { type WriteContext, type WriteResult, writeMessages, writeMessagesIn } from '../src/events/write.ts';
import type { Attribute } from '../src/profiles/attributes.ts';
import type { TestDatabase } from './database.ts';

/** The moment at which tests write, unless they say another. */
export const testNow = new Date('2026-03-01T12:00:00Z');

export const fromImport: Origin = { trusted: true, from: 'import', receivedAt: testNow };
export const fromPage: Origin = { trusted: false, from: 'identify', receivedAt: testNow };

export function contextOf(changed: Partial<WriteContext> = {}): WriteContext {
  return {
    limits: { attributesPerProfileMax: 100, messageIdHours: 48 },
    messageKey: Buffer.alloc(32, 7),
    now: testNow,
    ...changed,
  };
}

/**
 * A message in short: who (`userId:anna`, or just `anna` for a userId), and what else. Without `event` and `traits` it is an
 * event `View Item`.
 */
export function message(who: string | readonly string[], rest: Partial<Omit<Message, 'identities'>> = {}): Message {
  const identities = (typeof who === 'string' ? [who] : who).map((one) => {
    const at = one.indexOf(':');
    return at < 0 ? { type: 'userId', value: one } : { type: one.slice(0, at), value: one.slice(at + 1) };
  });
  const whole: Message = { identities, at: testNow, ...rest };
  return whole.event || whole.traits ? whole : { ...whole, event: { action: 'View Item' } };
}

export function write(
  { dataset, database }: TestDatabase,
  messages: readonly Message[],
  { origin = fromImport, context = contextOf() }: { origin?: Origin; context?: WriteContext } = {},
): Promise<WriteResult[]> {
  return writeMessages(dataset, database.writes, from(origin, messages), context);
}

function from(origin: Origin, messages: readonly Message[]): Incoming[] {
  return messages.map((message) => ({ message, origin }));
}

/** Writes with a look at every statement after it has run; answers how many attempts it took. */
export async function writeWatched(
  { dataset, database }: TestDatabase,
  messages: readonly Message[],
  after: (statement: string) => Promise<void> | void = () => {},
): Promise<number> {
  let attempts = 0;
  await withSharedGate(dataset, database.writes, (tx) => {
    attempts++;
    return writeMessagesIn(watched(tx, after), from(fromImport, messages), contextOf());
  });
  return attempts;
}

/** The same transaction, calling `after` with the text of each statement once it has run. */
export function watched(tx: GatedTx, after: (statement: string) => Promise<void> | void): GatedTx {
  const texts = new WeakMap<object, string>();
  const db = tx.db.withPlugin({
    transformQuery: ({ node, queryId }) => {
      texts.set(queryId, JSON.stringify(node));
      return node;
    },
    transformResult: async ({ queryId, result }) => {
      await after(texts.get(queryId) ?? '');
      return result;
    },
  });
  return { ...tx, db };
}

export interface ProfileShown {
  id: number;
  identities: string[];
  events: number;
  orders: number;
  revenue: string;
  visits: number;
  named: boolean;
  imports: number[];
  createdByImport: number | null;
  attributes: Record<string, Attribute>;
}

/** Every profile of a dataset in order of id, its identities as `type:value`. */
export async function showProfiles(ds: DatasetDb): Promise<ProfileShown[]> {
  const { rows } = await sql<ProfileShown>`
    SELECT p.id, p.events, p.orders, p.revenue, p.visits, p.named, p.imports, p.created_by_import AS "createdByImport", p.attributes,
           ARRAY(SELECT i.type || ':' || i.value FROM ${ds.tables.identity} i WHERE i.profile_id = p.id ORDER BY 1) AS identities
    FROM ${ds.tables.profile} p ORDER BY p.id`.execute(ds.db);
  return rows;
}

/** The profile that an identity (`type:value`, or a userId) names. */
export async function profileOf(ds: DatasetDb, who: string): Promise<ProfileShown | undefined> {
  const name = who.includes(':') ? who : `userId:${who}`;
  return (await showProfiles(ds)).find((profile) => profile.identities.includes(name));
}

/** Empties every table of the dataset that messages write to. */
export async function clearDataset({ dataset, database, ds }: TestDatabase): Promise<void> {
  await withSharedGate(dataset, database.starts, async ({ db }) => {
    const t = ds.tables;
    await sql`
      TRUNCATE ${t.profile}, ${t.identity}, ${t.event}, ${t.visit}, ${t.action_count}, ${t.membership}, ${t.seen_message},
               ${t.segment}, ${t.segment_count}, ${t.segment_history}, ${t.segment_computation}, ${t.discarded_set},
               ${t.clock}, ${t.clock_run}, ${t.membership_change}, ${t.segment_following},
               ${t.segment_replacement},
               ${t.deletion}, ${t.deletion_slice}, ${t.deletion_heartbeat}`.execute(db);
  });
}
