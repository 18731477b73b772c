import fc from 'fast-check';
import type { Json } from '../../src/json.ts';
import { attributeNames, dayMs, type RandomWorld, worldArbitrary } from '../random-profiles.ts';
import type { Random } from '../story/random.ts';
import { anonymousIdOf, customerIdOf, emailOf, somebody, userIdOf } from './people.ts';

/** A tracking message as a program sends it. */
export interface TrackingBody {
  type: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias';
  messageId?: string;
  userId?: string;
  anonymousId?: string;
  previousId?: string;
  groupId?: string;
  event?: string;
  name?: string;
  properties?: Record<string, Json>;
  traits?: Record<string, Json>;
  timestamp: string;
}

/** A message with what its sender knows besides the body. */
export interface Sent {
  body: TrackingBody;
  /** A name that only servers send. */
  customerId?: string;
}

export interface MessageWishes {
  /** To be known again when it is sent twice. */
  messageId?: string;
  /** Changes nothing that could be refused. */
  plain?: boolean;
  /** May take attributes away: what that comes to depends on the order of all messages of a transaction. */
  removals?: boolean;
}

/** Random messages; their events carry the number of the message as the property `no`, each another one. */
export class Messages {
  #lastNo = 0;
  readonly #pool: RandomWorld;
  readonly #now: Date;

  constructor(seed: number, now: Date) {
    this.#now = now;
    // Moments, actions, properties and values that rules are drawn from as well, so that the two meet.
    [this.#pool] = fc.sample(worldArbitrary(now, 12), { numRuns: 1, seed }) as [RandomWorld];
  }

  draw(random: Random, { messageId, plain = false, removals = false }: MessageWishes = {}): Sent {
    const no = ++this.#lastNo;
    const type = random.of([
      'track',
      'track',
      'track',
      'page',
      'screen',
      'identify',
      'identify',
      'group',
      'alias',
    ] as const);
    const sent: Sent = { body: { type: plain ? 'track' : type, timestamp: '', ...this.#names(random, type, plain) } };
    const { body } = sent;
    if (messageId !== undefined) body.messageId = messageId;
    this.#addEvent(body, no, random);
    if (body.type === 'group') body.groupId = random.of(['g1', 'g2']);
    if (body.type === 'identify' || (!plain && body.type !== 'group' && random.chance(0.15))) {
      body.traits = this.#traits(body, random, removals);
    }
    // Of two attributes of one moment the order would decide.
    if (body.traits || body.type === 'group') body.timestamp = this.#momentOf(random, 10);
    if (!plain && random.chance(0.15)) sent.customerId = customerIdOf(somebodyLike(body, random));
    return sent;
  }

  #names(random: Random, type: TrackingBody['type'], plain: boolean): Partial<TrackingBody> {
    const person = somebody(random);
    const userId = userIdOf(person);
    const anonymousId = anonymousIdOf(person, random);
    if (plain) return random.chance(0.5) ? { userId } : { anonymousId };
    // Now and then two people turn out to be one.
    if (type === 'alias')
      return { userId, previousId: random.chance(0.2) ? anonymousIdOf(somebody(random), random) : anonymousId };
    if (random.chance(0.04)) return { userId: userIdOf(somebody(random)), anonymousId };
    return random.of([{ userId }, { userId }, { anonymousId }, { userId, anonymousId }]);
  }

  #addEvent(body: TrackingBody, no: number, random: Random): void {
    const drawn = random.of(random.of(this.#pool.profiles.filter(({ events }) => events.length > 0)).events);
    // Many of the last days, where rules that look at the clock draw their lines.
    body.timestamp = random.chance(0.4) ? this.#momentOf(random, 3) : drawn.at.toISOString();
    if (!['track', 'page', 'screen'].includes(body.type)) return;
    body.properties = { ...Object.fromEntries(drawn.properties), no };
    if (body.type === 'track') {
      body.event = drawn.action;
      if (drawn.cents !== null) body.properties.revenue = drawn.cents / 100;
    } else if (random.chance(0.5)) {
      body.name = 'Home';
    }
  }

  #traits(body: TrackingBody, random: Random, removals: boolean): Record<string, Json> {
    const traits: Record<string, Json> = {};
    for (let n = random.below(3); n >= 0; n--) {
      const value = random.of([...random.of(this.#pool.profiles).attributes.values(), 'DE']);
      if (value === null && !removals) continue;
      Object.defineProperty(traits, random.of(attributeNames), {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    if (random.chance(0.3)) traits.email = emailOf(somebodyLike(body, random));
    return traits;
  }

  /** A moment of the last days. No other message is likely to have the same. */
  #momentOf(random: Random, days: number): string {
    return new Date(this.#now.getTime() - random.below(days * dayMs)).toISOString();
  }
}

/** Mostly the person whom the message names already. */
function somebodyLike(body: TrackingBody, random: Random): number {
  const named = /^[ua](\d+)/.exec(body.userId ?? body.anonymousId ?? '');
  return named && random.chance(0.95) ? Number(named[1]) : somebody(random);
}
