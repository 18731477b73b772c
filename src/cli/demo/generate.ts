import { type GeneratedUser, generateUser, goneBefore, nothing, type ShopFigures } from './shop.ts';

/** The shop while it is being generated; complete when `chunks` has come to its end. */
export interface GeneratedShop {
  /** NDJSON in pieces of about 64 KB. */
  chunks(): Generator<Buffer>;
  /** Lines so far. */
  readonly rows: number;
  /** Everybody so far. */
  readonly all: ShopFigures;
  /** Those of them who have done nothing for two years. */
  readonly gone: ShopFigures;
}

const chunkCharacters = 65_536;

/** A shop of so many users, with what the generator itself counts: the truth that the server's figures are compared with. */
export function generateShop(users: number): GeneratedShop {
  const shop = { rows: 0, all: { ...nothing }, gone: { ...nothing } };
  function* chunks(): Generator<Buffer> {
    let text = '';
    for (let no = 1; no <= users; no++) {
      const user = generateUser(no);
      countUser(user);
      text += user.lines;
      if (text.length < chunkCharacters && no < users) continue;
      yield Buffer.from(text);
      text = '';
    }
  }
  function countUser({ rows, lastActivity, figures }: GeneratedUser): void {
    shop.rows += rows;
    add(shop.all, figures);
    if (lastActivity < goneBefore) add(shop.gone, figures);
  }
  return Object.assign(shop, { chunks });
}

function add(sum: ShopFigures, part: ShopFigures): void {
  for (const name of Object.keys(sum) as (keyof ShopFigures)[]) sum[name] += part[name];
}

export function subtract(from: ShopFigures, part: ShopFigures): ShopFigures {
  const rest = { ...from };
  for (const name of Object.keys(rest) as (keyof ShopFigures)[]) rest[name] -= part[name];
  return rest;
}
