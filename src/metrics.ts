import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Announcement } from './announcements.ts';

export interface Metrics {
  countAnnouncement(name: Announcement): void;
  countRequest(request: { method: string; route: string; status: number; seconds: number }): void;
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
  return {
    countAnnouncement: (name) => announced.inc({ name }),
    countRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    text: () => registry.metrics(),
  };
}
