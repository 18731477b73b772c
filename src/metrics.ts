import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Announcement } from './announcements.ts';

export interface Metrics {
  countAnnouncement(name: Announcement, fields: Record<string, unknown>): void;
  countRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Messages of a dataset that were taken, or refused with a code. */
  countMessages(dataset: string, messages: readonly { refusal?: { code: string } }[]): void;
  /** A transaction that wrote messages. */
  observeWritten(written: { messages: number; seconds: number }): void;
  /** Asked at every reading how many messages wait to be written. */
  watchWaiting(count: () => number): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

/** Figures for Prometheus: of the process, of requests by route, and how often each thing was announced. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const announced = new Counter({
    name: 'lethe_announcements_total',
    help: 'How often each thing happened that Lethe announces.',
    labelNames: ['name'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'lethe_http_request_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  const messages = openMessageMetrics(registry);
  const observeLook = openClockMetrics(registry);
  return {
    ...messages,
    countAnnouncement: (name, fields) => {
      announced.inc({ name });
      if (name === 'clock.looked') observeLook(fields);
    },
    countRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    text: () => registry.metrics(),
  };
}

function openClockMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['dataset'];
  const looks = new Counter({
    name: 'lethe_clock_looks_total',
    help: 'Users that were looked at because time may have moved them into a segment or out of one.',
    labelNames,
    registers,
  });
  const late = new Gauge({
    name: 'lethe_clock_late_seconds',
    help: 'How long the longest due of them had waited, in the last run that found somebody.',
    labelNames,
    registers,
  });
  return (fields: Record<string, unknown>) => {
    const dataset = String(fields.dataset);
    looks.inc({ dataset }, Number(fields.users));
    late.set({ dataset }, Number(fields.lateSeconds));
  };
}

function openMessageMetrics(registry: Registry) {
  const registers = [registry];
  const accepted = new Counter({
    name: 'lethe_messages_accepted_total',
    help: 'Messages that were taken: written, or received before under the same messageId.',
    labelNames: ['dataset'],
    registers,
  });
  const rejected = new Counter({
    name: 'lethe_messages_rejected_total',
    help: 'Messages that were not taken, by the code of their refusal.',
    labelNames: ['dataset', 'code'],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'lethe_message_batch_seconds',
    help: 'Time of one transaction that writes messages, retries included.',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 2, 10],
    registers,
  });
  const batchMessages = new Histogram({
    name: 'lethe_message_batch_messages',
    help: 'Messages of one transaction.',
    buckets: [1, 10, 50, 100, 200, 500, 1000, 10000],
    registers,
  });
  let waiting = () => 0;
  new Gauge({
    name: 'lethe_messages_waiting',
    help: 'Messages that wait to be written or are being written.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    countMessages: (dataset: string, received: readonly { refusal?: { code: string } }[]) => {
      let count = 0;
      for (const { refusal } of received) {
        if (refusal) rejected.inc({ dataset, code: refusal.code });
        else count++;
      }
      accepted.inc({ dataset }, count);
    },
    observeWritten: (written: { messages: number; seconds: number }) => {
      batchSeconds.observe(written.seconds);
      batchMessages.observe(written.messages);
    },
    watchWaiting: (count: () => number) => {
      waiting = count;
    },
  };
}
