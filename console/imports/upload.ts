import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { Problem } from '../api/problem.ts';
import { inDataset } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import type { FileStart } from './file-start.ts';

export interface Upload {
  dataset: string;
  file: File;
  start: Pick<FileStart, 'format' | 'packed'>;
  /** Kind and mapping. */
  query: string;
  /** Makes a repeated upload of the same file one import. */
  idempotencyKey: string;
}

/**
 * Sends a file as it is, from the disk, so that its size does not matter to this page. Answers the import when all of it is received.
 * By XMLHttpRequest, because `fetch` does not say how much has been sent.
 *
 * Throws a Problem, or an AbortError after `signal`.
 */
export function upload(
  { dataset, file, start, query, idempotencyKey }: Upload,
  { onSent, signal }: { onSent(bytes: number): void; signal: AbortSignal },
): Promise<ImportDetails> {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', `${inDataset(dataset, 'imports')}?${query}`);
    ask.setRequestHeader('accept', 'application/json');
    ask.setRequestHeader('content-type', start.format === 'csv' ? 'text/csv' : 'application/x-ndjson');
    if (start.packed) ask.setRequestHeader('content-encoding', 'gzip');
    ask.setRequestHeader('idempotency-key', idempotencyKey);
    ask.upload.onprogress = ({ loaded }) => onSent(loaded);
    ask.onload = () => {
      const answer = jsonOf(ask.responseText);
      if (ask.status >= 200 && ask.status < 300) resolve(answer as ImportDetails);
      else reject(new Problem(ask.status, answer ?? { detail: texts.problems.unexpected(ask.status) }));
    };
    ask.onerror = () => void whyBroken(file).then(reject);
    ask.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => ask.abort(), { once: true });
    ask.send(file);
  });
}

/** A browser does not send a file that was changed since it was chosen, and says no more than that nothing came of it. */
async function whyBroken(file: File): Promise<Problem> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return new Problem(0, { code: 'server.unreachable', detail: texts.imports.upload.broken });
  } catch {
    return new Problem(0, { code: 'file.changed', detail: texts.imports.upload.changed });
  }
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
