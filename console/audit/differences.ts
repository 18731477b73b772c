import { texts } from '../texts/texts.ts';

export interface Line {
  text: string;
  /** Whether the other version does not have it. */
  differs: boolean;
}

/** One field in both versions; undefined where a version does not have it. */
export interface FieldDifference {
  field: string;
  differs: boolean;
  before: Line[] | undefined;
  after: Line[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Compares two versions of a thing field by field, and inside a field line by line. Fields that differ come first. */
export function differences(before: Fields, after: Fields): FieldDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const all = names.map((field) => {
    const [was, is] = [linesOf(before[field]), linesOf(after[field])];
    const common = commonLines(was ?? [], is ?? []);
    return {
      field,
      differs: was?.join('\n') !== is?.join('\n'),
      before: was?.map((text, index) => ({ text, differs: !common.before.has(index) })),
      after: is?.map((text, index) => ({ text, differs: !common.after.has(index) })),
    };
  });
  return all.sort((a, b) => Number(b.differs) - Number(a.differs));
}

/** One version alone, as it was. */
export function fieldsOf(version: Fields): { field: string; lines: string[] }[] {
  return Object.entries(version).map(([field, value]) => ({ field, lines: linesOf(value) ?? [] }));
}

/** Whether an entry keeps a version of it that has fields. */
export function isVersion(version: unknown): version is Fields {
  return typeof version === 'object' && version !== null && !Array.isArray(version);
}

function linesOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) return [texts.none];
  if (typeof value === 'boolean') return [value ? texts.audit.yes : texts.audit.no];
  if (typeof value === 'string') return value.split('\n');
  return JSON.stringify(value, null, 2).split('\n');
}

/** The lines of a longest common part, by their places in both. Rules have at most some hundred lines, so a table of both will do. */
function commonLines(was: readonly string[], is: readonly string[]): { before: Set<number>; after: Set<number> } {
  const width = is.length + 1;
  const lengths = new Uint32Array((was.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = was.length - 1; i >= 0; i--) {
    for (let j = is.length - 1; j >= 0; j--) {
      lengths[i * width + j] = was[i] === is[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const common = { before: new Set<number>(), after: new Set<number>() };
  for (let i = 0, j = 0; i < was.length && j < is.length; ) {
    if (was[i] === is[j]) {
      common.before.add(i++);
      common.after.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return common;
}
