import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { Lethe } from '../lethe.ts';
import { answerTo, type EventApiAnswer, notKept } from './event-api-answer.ts';
import type { SentEvent } from './event-api-body.ts';
import { type EventApiEvent, readEventApiEvent } from './event-api-message.ts';
import type { Intake } from './intake.ts';
import type { Origin } from './message.ts';

/**
 * Takes one event of the Event API; resolves when it is durable, or at once when its sender does not want it to be kept. Throws
 * its refusal.
 */
export async function takeEvent(
  intake: Intake,
  { database, settings }: Lethe,
  dataset: Dataset,
  { body, bytes }: SentEvent,
  origin: Origin,
): Promise<EventApiAnswer> {
  const { receivedAt } = origin;
  let event: EventApiEvent;
  try {
    event = readEventApiEvent(body, { receivedAt, bytes, bytesMax: settings.eventBytesMax });
  } catch (error) {
    if (error instanceof LetheError) tellRefused(intake, dataset, origin, error);
    throw error;
  }
  const { message, doNotTrack } = event;
  if (doNotTrack) return notKept(message.identities);
  const [result] = await intake.take(dataset, [message], origin);
  if (result?.accepted) return answerTo(dataset, database.reads, message.identities, result);
  const { code = 'message.refused', detail = 'The event was not taken.' } = result ?? {};
  throw new LetheError('unacceptable', code, detail, { errors: [{ field: 'user.attributes', code, detail }] });
}

function tellRefused(intake: Intake, dataset: Dataset, origin: Origin, { code, message }: LetheError): void {
  const { receivedAt: at, from: type, source = type } = origin;
  intake.tellRefused(dataset, [{ at, source, type, action: null, refusal: { code, detail: message } }]);
}
