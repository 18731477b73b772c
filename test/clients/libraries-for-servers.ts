import Rudder from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { anonymousIdOf, type Library, olderBrowserOf, times, traits, writeKey } from './library.ts';

const retries = 20;

export function analyticsNode(host: string): Library {
  const analytics = new Analytics({ writeKey, host, maxRetries: retries });
  return {
    introduce: async (user) => {
      const [anonymousId, userId] = [anonymousIdOf(user), user];
      analytics.page({ anonymousId: olderBrowserOf(user), name: 'Home' });
      analytics.page({ anonymousId, name: 'Home' });
      analytics.track({ anonymousId, event: 'View Item', properties: { price: 9.5 } });
      analytics.identify({ anonymousId, userId, traits });
      analytics.group({ userId, groupId: 'acme', traits: { employees: 9 } });
      analytics.alias({ userId, previousId: olderBrowserOf(user) });
      await analytics.flush();
    },
    // As many as it sends at once without being asked.
    trackMany: (userId, event) => {
      for (let n = 0; n < times; n++) analytics.track({ userId, event });
    },
    end: () => analytics.closeAndFlush(),
  };
}

export function rudderSdkNode(dataPlaneUrl: string): Library {
  const analytics = new Rudder(writeKey, { dataPlaneUrl, retryCount: retries, logLevel: 'none' });
  return {
    introduce: async (user) => {
      const [anonymousId, userId] = [anonymousIdOf(user), user];
      analytics.page({ anonymousId: olderBrowserOf(user), name: 'Home' });
      analytics.page({ anonymousId, name: 'Home' });
      analytics.track({ anonymousId, event: 'View Item', properties: { price: 9.5 } });
      analytics.identify({ anonymousId, userId, traits });
      analytics.group({ userId, groupId: 'acme', traits: { employees: 9 } });
      analytics.alias({ userId, previousId: olderBrowserOf(user) });
      await analytics.flush();
    },
    trackMany: (userId, event) => {
      for (let n = 0; n < times; n++) analytics.track({ userId, event });
      void analytics.flush();
    },
    end: async () => void (await analytics.flush()),
  };
}
