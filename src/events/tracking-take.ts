import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { Intake } from './intake.ts';
import type { ReceivedMessage } from './recent-messages.ts';
import { type Rejected, readBatch, readSingle, type Sender } from './tracking-batch.ts';
import type { TrackingBody } from './tracking-body.ts';
import type { MessageType } from './tracking-message.ts';

export interface TrackingAnswer {
  success: true;
  /** Messages that were not taken, where there are any. */
  rejected?: Rejected[];
}

/** Takes the one message of a call; resolves when it is durable. Throws its refusal. */
export async function takeSingle(
  intake: Intake,
  dataset: Dataset,
  type: MessageType,
  { json, bytes }: TrackingBody,
  sender: Sender,
): Promise<TrackingAnswer> {
  const incoming = (() => {
    try {
      return readSingle(json, type, bytes, sender);
    } catch (error) {
      if (!(error instanceof LetheError)) throw error;
      intake.tellRefused(dataset, [refusedMessage(sender, type, error.code, error.message)]);
      throw asRefusal(error);
    }
  })();
  const [result] = await intake.takeIncoming(dataset, [incoming]);
  if (result && !result.accepted) {
    const { code, detail } = result;
    throw new LetheError('unreadable', code, detail, { errors: [{ field: 'traits', code, detail }] });
  }
  return { success: true };
}

/**
 * Takes the good messages of a batch, in one transaction; resolves when they are durable. Throws `batch.rejected` when none is good,
 * and what `readBatch` throws.
 */
export async function takeBatch(
  intake: Intake,
  dataset: Dataset,
  { json, bytes }: TrackingBody,
  sender: Sender,
): Promise<TrackingAnswer> {
  const { good, bad } = readBatch(json, bytes, sender);
  if (bad.length > 0) {
    intake.tellRefused(
      dataset,
      bad.map(({ rejected: { code, detail }, type }) => refusedMessage(sender, type, code, detail)),
    );
  }
  const results = await intake.takeIncoming(
    dataset,
    good.map(({ incoming }) => incoming),
  );
  const rejected = bad.map((one) => one.rejected);
  good.forEach(({ index, incoming: { message } }, place) => {
    const result = results[place];
    if (!result || result.accepted) return;
    const { code, detail } = result;
    rejected.push({ index, messageId: message.messageId ?? null, code, field: 'traits', detail });
  });
  rejected.sort((a, b) => a.index - b.index);
  if (rejected.length > 0 && rejected.length === good.length + bad.length) throw noneTaken(rejected);
  return rejected.length > 0 ? { success: true, rejected } : { success: true };
}

function refusedMessage(sender: Sender, type: MessageType | undefined, code: string, detail: string): ReceivedMessage {
  const { source, receivedAt } = sender;
  return { at: receivedAt, source, type: type ?? null, action: null, refusal: { code, detail } };
}

/** Libraries know 400 as what they must not send again, and know no 422. */
function asRefusal({ code, message, extras }: LetheError): LetheError {
  return new LetheError(code === 'message.too_large' ? 'tooLarge' : 'unreadable', code, message, extras);
}

function noneTaken(rejected: Rejected[]): LetheError {
  const detail = 'No message of this batch was taken; "rejected" says of each what is wrong with it.';
  return new LetheError('unreadable', 'batch.rejected', detail, { members: { rejected } });
}
