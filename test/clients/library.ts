/** A public library of the tracking API, as a program uses it: nothing is changed but key, addresses and number of retries. */
export interface Library {
  /** Somebody comes anonymously, looks at a page and an item, says who he is, and belongs to a group; then an older browser is his too. */
  introduce(user: string): Promise<void>;
  /** Begins to send the event as often as `times` says, and waits for nothing. */
  trackMany(user: string, event: string): void;
  /** Resolves when the library has nothing left to send, where it can say so. */
  end(): Promise<void>;
}

export const times = 15;

export const writeKey = 'key-of-the-libraries';

/** What `introduce` says of the user. */
export const traits = { plan: 'gold', age: 30, since: '2024-05-01', vip: true };
export const anonymousIdOf = (user: string) => `${user}-anonymous`;
export const olderBrowserOf = (user: string) => `${user}-older-browser`;
