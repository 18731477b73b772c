import { between, longTail, pick, popular, type Random, randomStream, waiting } from './random.ts';
import { countries, mailDomains, pages, products, visitsByHour } from './words.ts';

/** History begins and ends (not in it) at fixed days, so that every figure is the same every time. */
export const historyFrom = Date.UTC(2023, 0, 1);
export const historyTo = Date.UTC(2026, 0, 1);
/** Two years before the end: whoever has done nothing since then is gone. */
export const goneBefore = Date.UTC(2024, 0, 1);

const seed = 0x1e7e;
const dayMs = 86_400_000;
const anonymousShare = 2 / 3;

/** What was generated, counted while it was. Money in cents. */
export interface ShopFigures {
  users: number;
  named: number;
  identities: number;
  events: number;
  orders: number;
  revenueCents: number;
}

export const nothing: Readonly<ShopFigures> = {
  users: 0,
  named: 0,
  identities: 0,
  events: 0,
  orders: 0,
  revenueCents: 0,
};

/** One user's history as tracking messages, one a line. */
export interface GeneratedUser {
  lines: string;
  rows: number;
  lastActivity: number;
  figures: ShopFigures;
}

/** User number `no` of the shop; the same every time. */
export function generateUser(no: number): GeneratedUser {
  const random = randomStream(seed, no);
  const named = random() >= anonymousShare;
  const anonymousId = `b-${randomHex(random)}${randomHex(random)}-${no.toString(36)}`;
  const who = named ? `"userId":"c${String(no).padStart(7, '0')}"` : `"anonymousId":"${anonymousId}"`;
  const history = new History(who, {
    users: 1,
    named: named ? 1 : 0,
    identities: named ? 3 : 1,
    events: 0,
    orders: 0,
    revenueCents: 0,
  });
  const arrives = historyFrom + (historyTo - historyFrom) * random() ** 0.8;
  const firstVisit = hourOf(random, arrives);
  if (named) history.identify(person(random, no, anonymousId), firstVisit);
  const visits = named ? longTail(random, 0.75, 60) + 1 : longTail(random, 0.45, 12);
  const daysBetween = named ? between(random, 10, 120) : 14;
  for (let visit = 0, at = firstVisit; visit < visits && at < historyTo; visit++) {
    addVisit(history, random, { at, buys: named });
    at = hourOf(random, at + dayMs * (1 + waiting(random, daysBetween)));
  }
  return history.end();
}

/** Moves a moment to an hour of its day at which people are about. */
function hourOf(random: Random, at: number): number {
  const total = visitsByHour.reduce((sum, visits) => sum + visits, 0);
  let left = random() * total;
  const hour = visitsByHour.findIndex((visits) => {
    left -= visits;
    return left < 0;
  });
  return Math.floor(at / dayMs) * dayMs + hour * 3_600_000 + between(random, 0, 2_400) * 1_000;
}

/** Looks at some pages and products; named users put some into the cart and buy some of that. All within 20 minutes. */
function addVisit(history: History, random: Random, { at, buys }: { at: number; buys: boolean }): void {
  let now = at;
  const later = () => {
    now += between(random, 8, 75) * 1_000;
    return now;
  };
  if (random() < 0.7) history.page(pick(random, pages), now);
  const views = longTail(random, 0.5, 8);
  for (let view = 0; view < views; view++) {
    const product = popular(random, products);
    history.view(product, later());
    if (!buys || random() >= 0.22) continue;
    const quantity = longTail(random, 0.4, 5);
    history.addToCart(product, quantity, later());
    if (random() < 0.55) history.purchase(product, quantity, later());
  }
}

function person(random: Random, no: number, anonymousId: string): string {
  const { code, language, firstNames, lastNames } = popular(random, countries);
  const first = pick(random, firstNames);
  const last = pick(random, lastNames);
  const email = `${latin(first)}.${latin(last)}${no}@${pick(random, mailDomains)}`;
  const newsletter = random() < 0.4;
  const traits = { email, firstName: first, lastName: last, country: code, language, newsletter };
  return `"anonymousId":"${anonymousId}","traits":${JSON.stringify(traits)}`;
}

/** `Björn` → `bjorn` */
function latin(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}

function randomHex(random: Random): string {
  return Math.floor(random() * 2 ** 24)
    .toString(16)
    .padStart(6, '0');
}

type Sold = (typeof products)[number];

/** Writes tracking messages and counts what they hold. Text is put together by hand: it is a third of the time of JSON.stringify. */
class History {
  readonly #who: string;
  readonly #figures: ShopFigures;
  #lines = '';
  #rows = 0;
  #lastActivity = 0;

  constructor(who: string, figures: ShopFigures) {
    this.#who = who;
    this.#figures = figures;
  }

  identify(details: string, at: number): void {
    this.#write(`"type":"identify",${this.#who},${details}`, at);
  }

  page(path: string, at: number): void {
    this.#event(`"type":"page",${this.#who},"properties":{"path":"${path}"}`, at);
  }

  view({ name, category }: Sold, at: number): void {
    this.#track('View Item', `"product":"${name}","category":"${category}"`, at);
  }

  addToCart({ name }: Sold, quantity: number, at: number): void {
    this.#track('Add to Cart', `"product":"${name}","quantity":${quantity}`, at);
  }

  purchase({ name, price }: Sold, quantity: number, at: number): void {
    const cents = price * quantity;
    this.#figures.orders++;
    this.#figures.revenueCents += cents;
    this.#track('Purchase', `"product":"${name}","quantity":${quantity},"revenue":${(cents / 100).toFixed(2)}`, at);
  }

  end(): GeneratedUser {
    return { lines: this.#lines, rows: this.#rows, lastActivity: this.#lastActivity, figures: this.#figures };
  }

  #track(event: string, properties: string, at: number): void {
    this.#event(`"type":"track",${this.#who},"event":"${event}","properties":{${properties}}`, at);
  }

  #event(message: string, at: number): void {
    this.#figures.events++;
    this.#lastActivity = Math.max(this.#lastActivity, at);
    this.#write(message, at);
  }

  #write(message: string, at: number): void {
    this.#rows++;
    this.#lines += `{${message},"timestamp":"${new Date(at).toISOString()}"}\n`;
  }
}
