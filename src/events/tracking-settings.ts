/**
 * What `@segment/analytics-next` loads before it sends anything: this server, at `host` (with its port), is where everything goes, and
 * there is no other integration, no figures about the library, nothing to load from elsewhere.
 */
export function librarySettings(writeKey: string, { protocol, host }: { protocol: string; host: string }) {
  const apiHost = `${host}/v1`;
  return {
    integrations: { 'Segment.io': { apiKey: writeKey, apiHost, protocol, type: 'server', bundlingStatus: 'bundled' } },
    plan: {},
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0, host: apiHost },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
