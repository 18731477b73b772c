import { Readable } from 'node:stream';
import { on } from '../../src/database/handle.ts';
import type { Incoming, Message } from '../../src/events/message.ts';
import { readTrackingMessage } from '../../src/events/tracking-message.ts';
import { type WriteResult, writeMessages } from '../../src/events/write.ts';
import { advanceImport, importStepLimits } from '../../src/imports/advance-import.ts';
import { findImport, listImportErrors } from '../../src/imports/import-sql.ts';
import { spoolPath } from '../../src/imports/spool.ts';
import { startImport } from '../../src/imports/start-import.ts';
import { StepSize } from '../../src/jobs/step-size.ts';
import type { Random } from '../story/random.ts';
import type { Taken } from './ledger.ts';
import { type Life, pause } from './life.ts';
import type { Sent } from './messages.ts';
import { administrator, onServer } from './world.ts';

interface Call {
  messages: readonly Sent[];
  trusted: readonly boolean[];
  /** In a transaction of its own; otherwise together with whatever else a server takes at the same moment. */
  alone: boolean;
}

/** Sends messages, some of them twice, some calls twice at the same time. */
export async function sendMessages(life: Life, random: Random, calls: number): Promise<void> {
  for (let n = 0; n < calls; n++) {
    const isSentTwice = random.chance(0.15);
    const call = drawCall(life, random, { everyMessageHasAnId: isSentTwice });
    const sending = [send(life, random, call)];
    if (isSentTwice) sending.push(send(life, random, call));
    await Promise.all(sending);
    await pause(random);
  }
}

let lastMessageId = 0;
const newMessageId = (life: Life) => `${life.seed}-${++lastMessageId}`;

function drawCall(life: Life, random: Random, { everyMessageHasAnId }: { everyMessageHasAnId: boolean }): Call {
  const alone = random.chance(0.4);
  // The first one is always new and never refused: by its id the database tells when the call was written.
  const messages = [life.messages.draw(random, { messageId: newMessageId(life), plain: true })];
  for (let n = random.below(6); n > 0; n--) {
    if (life.repeatable.length > 0 && random.chance(0.15)) {
      messages.push(random.of(life.repeatable));
      continue;
    }
    const hasId = everyMessageHasAnId || random.chance(0.6);
    // While two are merged in steps, what one of them loses the other one may still have.
    const removals = alone && !hasId && !life.mergesInSteps;
    const sent = life.messages.draw(random, { removals, ...(hasId ? { messageId: newMessageId(life) } : {}) });
    if (hasId) life.repeatable.push(sent);
    messages.push(sent);
  }
  return { messages, trusted: messages.map(() => random.chance(0.3)), alone };
}

async function send(life: Life, random: Random, { messages, trusted, alone }: Call): Promise<void> {
  const { world } = life;
  const server = random.of(world.servers);
  await life.ledger.record(async () => {
    const { clock, messageKey } = world;
    const receivedAt = clock.now;
    const incoming = messages.map((sent, index): Incoming => {
      const isTrusted = trusted[index] === true;
      return {
        message: readSent(sent),
        origin: { trusted: isTrusted, from: isTrusted ? 'token' : 'track', receivedAt },
      };
    });
    const limits = { ...server.settings, liveMerge: life.liveMerge };
    const context = { limits, messageKey, now: clock.now };
    const results = await life.attempt('write', () =>
      alone
        ? writeMessages(world.dataset, server.database.writes, incoming, context)
        : server.intake.takeIncoming(world.dataset, incoming),
    );
    return results && { did: 'write', taken: takenOf(messages, trusted, results) };
  });
}

function takenOf(messages: readonly Sent[], trusted: readonly boolean[], results: readonly WriteResult[]): Taken[] {
  const first = messages[0]?.body.messageId as string;
  return messages.flatMap((sent, index): Taken[] => {
    const result = results[index];
    if (!result?.accepted || result.duplicate) return [];
    return [{ sent, trusted: trusted[index] === true, writtenWith: sent.body.messageId ?? first }];
  });
}

/** What the product reads out of a message; the model reads it for itself. */
function readSent({ body, customerId }: Sent): Message {
  const identities = customerId === undefined ? [] : [{ type: 'customerId', value: customerId }];
  return readTrackingMessage(body, { receivedAt: new Date(body.timestamp), bytes: 1, bytesMax: 2, identities });
}

/** Imports a file of messages in many small steps, each by whichever server comes to it. */
export async function importMessages(life: Life, random: Random, lines: number): Promise<void> {
  const sent = Array.from({ length: lines }, () => drawLine(life, random));
  const file = sent.map(({ body }) => `${JSON.stringify(body)}\n`).join('');
  await life.ledger.record(async (by) => {
    const { id } = await startImport(
      onServer(life.world, random, 'writes'),
      {
        kind: 'events',
        format: 'ndjson',
        mapping: { map: {}, values: {} },
        upload: Readable.from([file]),
        packed: false,
      },
      { actor: administrator(by), dataDir: life.world.servers[0].settings.dataDir, now: () => life.world.clock.now },
    );
    life.imports.push(id);
    while ((await life.attempt('import', () => stepOfImport(life, random, id))) !== false) await pause(random);
    const rejected = await readRejectedLines(life, id);
    const taken = sent.flatMap((one, index): Taken[] => {
      if (rejected.has(index + 1)) return [];
      return [{ sent: one, trusted: true, importId: id, writtenWith: one.body.messageId as string }];
    });
    return { did: 'write', taken };
  });
}

/** A line of a file. Every one has an id, and some of them somebody else sends as well. */
function drawLine(life: Life, random: Random): Sent {
  const again = random.chance(0.15) ? life.repeatable.splice(random.below(life.repeatable.length), 1)[0] : undefined;
  // A file of tracking messages has no other names.
  if (again && again.customerId === undefined) return again;
  const { body } = life.messages.draw(random, { removals: !life.mergesInSteps, messageId: newMessageId(life) });
  return { body };
}

/** Whether there may be more to do. */
async function stepOfImport({ world, liveMerge }: Life, random: Random, id: string): Promise<boolean> {
  const server = random.of(world.servers);
  const row = await findImport(on(world.dataset, server.database.steps), id);
  if (row?.state !== 'running') return false;
  await advanceImport(world.dataset, server.database.steps, row, {
    limits: { ...server.settings, liveMerge },
    messageKey: world.messageKey,
    now: world.clock.now,
    path: spoolPath(server.settings.dataDir, world.dataset.id, id),
    eventBytesMax: server.settings.eventBytesMax,
    size: new StepSize({ ...importStepLimits, first: 1 + random.below(6) }),
  });
  return true;
}

async function readRejectedLines({ world }: Life, id: string): Promise<Set<number>> {
  const row = await findImport(world.ds, id);
  if (row?.state !== 'completed') throw new Error(`The import ended as ${row?.state}`);
  const errors = await listImportErrors(world.ds, row.no, { limit: 1_000 });
  return new Set(errors.map(({ line }) => line));
}
