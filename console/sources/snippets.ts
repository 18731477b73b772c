/** Ways to send an event, in the order in which they are offered. */
export const clients = ['curl', 'page', 'script', 'segmentNode', 'rudderNode', 'eventApi'] as const;
export type Client = (typeof clients)[number];

export interface Sending {
  /** Address of this server, without a slash at its end: `https://lethe.example.com`. */
  address: string;
  writeKey: string;
  dataset: string;
}

export interface Snippet {
  /** The command that brings the package, where there is one. */
  install?: string;
  code: string;
}

/** What sends an event as a certain client does: whole, and ready to be copied. */
export function snippetOf(client: Client, sending: Sending): Snippet {
  return snippets[client](sending);
}

const snippets: Record<Client, (sending: Sending) => Snippet> = {
  curl: ({ address, writeKey }) => ({
    code: `curl -u ${inShell(`${writeKey}:`)} ${address}/v1/track \\
  -H 'content-type: application/json' \\
  -d '{"anonymousId": "visitor-1", "event": "View Item", "properties": {"sku": "0042"}}'`,
  }),
  page: ({ address, writeKey }) => ({
    install: 'npm install @segment/analytics-next',
    code: `import { AnalyticsBrowser } from '@segment/analytics-next';

export const analytics = AnalyticsBrowser.load({
  writeKey: ${inScript(writeKey)},
  cdnURL: '${address}',
});

analytics.page();
analytics.track('View Item', { sku: '0042' });
// When the visitor signs in:
// analytics.identify('customer-1', { name: 'Ada Lovelace' });`,
  }),
  script: ({ address, writeKey }) => ({
    install: 'npm pack @segment/analytics-next && tar -xzf segment-analytics-next-*.tgz package/dist/umd',
    code: `<script src="/analytics/index.js"></script>
<script>
  const analytics = AnalyticsNext.AnalyticsBrowser.load({
    writeKey: ${inScript(writeKey)},
    cdnURL: '${address}',
  });
  analytics.page();
  analytics.track('View Item', { sku: '0042' });
</script>`,
  }),
  segmentNode: ({ address, writeKey }) => ({
    install: 'npm install @segment/analytics-node',
    code: `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({
  writeKey: ${inScript(writeKey)},
  host: '${address}',
  maxRetries: 20,
});

analytics.identify({ userId: 'customer-1', traits: { name: 'Ada Lovelace' } });
analytics.track({
  userId: 'customer-1',
  event: 'Purchase',
  properties: { revenue: 59.9 },
});
await analytics.closeAndFlush();`,
  }),
  rudderNode: ({ address, writeKey }) => ({
    install: 'npm install @rudderstack/rudder-sdk-node',
    code: `import Analytics from '@rudderstack/rudder-sdk-node';

const analytics = new Analytics(${inScript(writeKey)}, {
  dataPlaneUrl: '${address}',
  retryCount: 20,
});

analytics.identify({ userId: 'customer-1', traits: { name: 'Ada Lovelace' } });
analytics.track({
  userId: 'customer-1',
  event: 'Purchase',
  properties: { revenue: 59.9 },
});
await analytics.flush();`,
  }),
  eventApi: ({ address, dataset }) => ({
    code: `curl ${address}/api2/event/${dataset} \\
  -H 'content-type: application/json' \\
  -d '{"action": "View Item", "user": {"anonId": "visitor-1"}, "source": {"channel": "Web"}}'`,
  }),
};

/** A text between quotes of a program; a key of the settings may have quotes in it. */
function inScript(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('<', '\\x3c')}'`;
}

/** The same in a command line. */
function inShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
