import type { Job } from '../../src/deletions/job.ts';
import { inDataset } from '../api/request.ts';

/** The server says something at least every 2 s; when it has been still for this long, the connection is taken for dead. */
const silenceMsMax = 6_000;
const retryMsMin = 500;
const retryMsMax = 5_000;

export interface Follower {
  onJob(job: Job): void;
  /** Whether what was heard last is the news of this moment. */
  onConnection(isConnected: boolean): void;
}

/**
 * Follows a bulk deletion by its event stream until it is completed, through everything that can happen to a connection: a restart of
 * the server, a proxy that gives up, a computer that slept. A page out of view holds no connection, because a browser has only
 * six for one server. Answers the way to stop.
 */
export function followJob(dataset: string, id: string, follower: Follower): () => void {
  const url = `${inDataset(dataset, 'deletions', id)}/progress`;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = retryMsMin;
  let isOver = false;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const openLater = () => {
    close();
    follower.onConnection(false);
    timer = setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, retryMsMax);
  };
  const expectNews = () => {
    clearTimeout(timer);
    timer = setTimeout(openLater, silenceMsMax);
  };
  const hear = (event: MessageEvent<string>) => {
    const job: Job = JSON.parse(event.data);
    retryMs = retryMsMin;
    follower.onConnection(true);
    follower.onJob(job);
    if (job.state === 'completed') stop();
    else expectNews();
  };
  const open = () => {
    close();
    if (isOver || document.visibilityState === 'hidden') return;
    source = new EventSource(url);
    source.addEventListener('progress', hear);
    source.addEventListener('error', openLater);
    expectNews();
  };
  const stop = () => {
    isOver = true;
    close();
    document.removeEventListener('visibilitychange', open);
    window.removeEventListener('online', open);
    window.removeEventListener('offline', openLater);
  };

  document.addEventListener('visibilitychange', open);
  window.addEventListener('online', open);
  window.addEventListener('offline', openLater);
  open();
  return stop;
}
