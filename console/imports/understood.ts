import { readMoment } from '../../src/events/moment.ts';
import { readCell } from '../../src/imports/cells.ts';
import { type Filling, type ImportKind, isIdentity, keyOf } from './filling.ts';
import type { Mapping } from './mapping.ts';

/** What a row will be taken as. */
export interface Understood {
  /** Identities, each with its type. */
  who: Named[];
  /** What the row is: `track`, `identify`, …; for a track the name of the event is `event`. */
  type: string;
  event: string | undefined;
  /** RFC 3339; undefined for the moment at which the file is received. */
  at: string | undefined;
  /** Properties and attributes. */
  data: Named[];
  /** Why the row will be rejected, as far as that can be told here. */
  problem: RowProblem | undefined;
}

export interface Named {
  name: string;
  value: unknown;
}

export type RowProblem = 'cells' | 'nobody' | 'event' | 'type' | 'moment' | 'json';

/** Types of rows; a row of users is an `identify`. */
export const rowTypes = ['track', 'page', 'screen', 'identify', 'group', 'alias'] as const;

const broken: Understood = { who: [], type: '', event: undefined, at: undefined, data: [], problem: 'json' };

/** A row of CSV with the mapping as it stands. */
export function understandCsv({ kind, columns, fixed }: Mapping, cells: readonly string[]): Understood {
  const filled = [
    ...fixed,
    ...columns.flatMap(({ filling }, index) => {
      const text = cells[index] ?? '';
      return text === '' ? [] : [{ filling, text }];
    }),
  ];
  const textOf = (choice: Filling['choice']) => filled.findLast(({ filling }) => filling.choice === choice)?.text;
  const who = filled.flatMap(({ filling, text }) =>
    isIdentity(filling) ? [{ name: keyOf(kind, filling).replace('identity:', ''), value: text.trim() }] : [],
  );
  const data = filled.flatMap(({ filling, text }) =>
    filling.choice === 'property' || filling.choice === 'attribute'
      ? [{ name: filling.name, value: filling.asText ? text : readCell(text) }]
      : [],
  );
  const row = { type: textOf('type') ?? typeOf(kind), event: textOf('event'), timestamp: textOf('timestamp') };
  const understood = understand(row, who, data);
  return cells.length === columns.length ? understood : { ...understood, problem: 'cells' };
}

/** A line of NDJSON, which says itself what it is. */
export function understandNdjson(kind: ImportKind, line: string): Understood {
  const row = objectOf(line);
  if (!row) return broken;
  const identities = Object.entries(asObject(row.identities)).map(([name, value]) => ({ name, value }));
  const own = ['userId', 'anonymousId'].flatMap((name) => (row[name] ? [{ name, value: row[name] }] : []));
  const data = [row.properties, row.traits, row.attributes].flatMap((object) =>
    Object.entries(asObject(object)).map(([name, value]) => ({ name, value })),
  );
  const type = kind === 'users' ? typeOf(kind) : (row.type ?? typeOf(kind));
  return understand({ ...row, type }, [...own, ...identities], data);
}

function understand(
  { type, event, timestamp }: { type?: unknown; event?: unknown; timestamp?: unknown },
  who: Named[],
  data: Named[],
): Understood {
  const moment = timestamp === undefined || timestamp === null ? undefined : readMoment(timestamp);
  const problem =
    who.length === 0
      ? 'nobody'
      : !rowTypes.some((each) => each === type)
        ? 'type'
        : type === 'track' && !event
          ? 'event'
          : timestamp !== undefined && timestamp !== null && !moment
            ? 'moment'
            : undefined;
  return {
    who,
    type: String(type),
    event: typeof event === 'string' ? event : undefined,
    at: moment?.toISOString(),
    data,
    problem,
  };
}

function typeOf(kind: ImportKind): string {
  return kind === 'events' ? 'track' : 'identify';
}

function objectOf(line: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(line);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? asObject(read) : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
