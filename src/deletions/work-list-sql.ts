import { type RawBuilder, sql } from 'kysely';
import type { StepTx } from '../database/gate.ts';
import { schemaOf } from '../database/handle.ts';
import type { Place } from '../profiles/places.ts';

/**
 * Some users of the work list of one slice, in the order of their ids. They are read once a step and sent along with each of its
 * statements: with the list joined each time, a thousand users took half as long again, and half of a slice a tenth longer. Nobody but
 * the job takes anything from the list, so the statements of a step all mean the same users.
 */
export interface WorkRange {
  slice: number;
  setNo: number;
  /** The one before the first of them. */
  afterId: string;
  /** Their ids as PostgreSQL writes an array: `{1,2,3}`. */
  ids: string;
  users: number;
  /** The last one's; null when there is nobody. */
  lastId: string | null;
  /** Whether nobody comes after them; where the range is just full, that is known with the next one, which is empty. */
  isLast: boolean;
  /** Their part of the profiles of the slice; 0 where nobody has looked how many these are. */
  share: number;
}

/**
 * From this part of the profiles of a slice on, reading a table whole is faster than looking everybody up in it. It is worth it later
 * where a profile has many rows, since one look-up finds them all.
 */
const largeShare = { ofFewRows: 1 / 12, ofManyRows: 1 / 6 };
/** About as many fill a page: what was deleted before left room, and pages that are empty have to be read as well. */
const profilesPerPage = 30;

/** The next users of the work list of a slice: those of the set `setNo` after the id `afterId`, at most `usersMax`. */
export async function nextRange(
  tx: StepTx,
  { slice, setNo, afterId }: { slice: number; setNo: number; afterId: string },
  usersMax: number,
): Promise<WorkRange> {
  const profile = `${schemaOf(tx.dataset)}.profile_${slice}`;
  const atMost = usersMax === Number.POSITIVE_INFINITY ? sql`` : sql`LIMIT ${usersMax}`;
  const { rows } = await sql<{ ids: string; lastId: string | null; users: number; profiles: number | null }>`
    SELECT coalesce(array_agg(id)::text, '{}') AS ids, max(id)::text AS "lastId", count(*) AS users,
           (SELECT greatest(reltuples, ${profilesPerPage} * relpages)::float8 FROM pg_class
            WHERE oid = ${profile}::regclass AND reltuples > 0) AS profiles
    FROM (
      SELECT profile_id AS id FROM ${tx.partition('membership', slice)}
      WHERE set_no = ${setNo} AND profile_id > ${afterId}::bigint
      ORDER BY profile_id ${atMost}) AS next`.execute(tx.db);
  const { ids, lastId, users, profiles } = rows[0] as (typeof rows)[0];
  const share = profiles === null ? 0 : users / profiles;
  return { slice, setNo, afterId, ids, users, lastId, isLast: users < usersMax, share };
}

/** The ids of several ranges as one array, in which each comes once since no two slices have the same user. */
export function idsOf(ranges: readonly WorkRange[]): string {
  const lists = ranges.filter(({ users }) => users > 0).map(({ ids }) => ids.slice(1, -1));
  return `{${lists.join(',')}}`;
}

/** An array of ids for the conditions below: it is sent wherever it stands. */
export const arrayOf = (ids: string) => sql`${ids}::bigint[]`;

/**
 * Whether a row of the place belongs to one of the users of a range. Of a large one in a form of which the planner knows nothing: it
 * neither thinks of an index nor compares each id with its statistics, and the ids become a hash table that every row is looked up in.
 */
export function isInRange(
  { ids, share }: WorkRange,
  { key, figure }: Place,
  array: RawBuilder<unknown> = arrayOf(ids),
): RawBuilder<boolean> {
  const isLarge = share >= (figure ? largeShare.ofManyRows : largeShare.ofFewRows);
  return isLarge ? sql`coalesce(${isAnyOf(array, key)}, false)` : isAnyOf(array, key);
}

/** The same for a table that is in no slice: the planner reads it whole only where the range is a good part of it. */
export function isAnyOf(array: RawBuilder<unknown>, key: string): RawBuilder<boolean> {
  return sql`${sql.id(key)} = ANY (${array})`;
}
