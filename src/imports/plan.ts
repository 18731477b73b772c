import { LetheError } from '../errors.ts';
import { type ImportKind, readTarget, type Target, targetKey, targetsOfKind } from './targets.ts';

/**
 * How the columns of a file are meant, besides by their names: `map` target → column, `values` target → fixed text, `ignore` columns
 * that fill nothing whatever they are called.
 */
export interface Mapping {
  map: Record<string, string>;
  values: Record<string, string>;
  ignore?: readonly string[];
}

/** What becomes of every column of a file. */
export interface Plan {
  /** By index of the column; a column may fill several things or none. */
  columns: readonly (readonly Target[])[];
  fixed: readonly { target: Target; text: string }[];
  /** Names of the columns that fill nothing. */
  ignoredColumns: readonly string[];
}

/**
 * Decides what every column fills. `map`, `values` and `ignore` win over the name of a column.
 *
 * Throws `import.columns` (a name twice, no identity, nothing to import), `import.map`, `import.values` and `import.ignore`; each lists the columns there are.
 */
export function planColumns(kind: ImportKind, header: readonly string[], { map, values, ignore = [] }: Mapping): Plan {
  const columns: Target[][] = header.map(() => []);
  const filled = new Map<string, string>();
  const fill = (name: string, target: Target, from: 'import.map' | 'import.values' | 'import.columns') => {
    const key = targetKey(target);
    const other = filled.get(key);
    if (other !== undefined && from !== 'import.columns')
      throw refused(from, `"${name}" is filled twice, by ${other} too.`, header);
    filled.set(key, name);
  };

  refuseTwice(header);
  refuseWrongIgnored(header, ignore, map);
  for (const [name, column] of Object.entries(map)) {
    const index = header.indexOf(column);
    if (index === -1) throw refused('import.map', `The file has no column "${column}" for "${name}".`, header);
    const target = targetOf(kind, name, 'import.map', header);
    fill(name, target, 'import.map');
    columns[index]?.push(target);
  }
  const fixed = Object.entries(values).map(([name, text]) => {
    const target = targetOf(kind, name, 'import.values', header);
    fill(name, target, 'import.values');
    return { target, text };
  });
  const mapped = new Set(Object.values(map));
  for (const [index, name] of header.entries()) {
    const target = mapped.has(name) || ignore.includes(name) ? undefined : readTarget(kind, name);
    if (!target || filled.has(targetKey(target))) continue;
    fill(name, target, 'import.columns');
    columns[index]?.push(target);
  }
  refuseUseless(kind, [...columns.flat(), ...fixed.map(({ target }) => target)], values, header);
  return { columns, fixed, ignoredColumns: header.filter((_, index) => columns[index]?.length === 0) };
}

function refuseTwice(header: readonly string[]): void {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw refused('import.columns', `The column "${twice}" is there twice.`, header);
}

function refuseWrongIgnored(header: readonly string[], ignore: readonly string[], map: Mapping['map']): void {
  const unknown = ignore.find((name) => !header.includes(name));
  if (unknown !== undefined) throw refused('import.ignore', `The file has no column "${unknown}" to ignore.`, header);
  const mapped = Object.values(map).find((name) => ignore.includes(name));
  if (mapped !== undefined)
    throw refused('import.ignore', `The column "${mapped}" is ignored and mapped at once.`, header);
}

function targetOf(
  kind: ImportKind,
  name: string,
  code: 'import.map' | 'import.values',
  header: readonly string[],
): Target {
  const target = readTarget(kind, name);
  if (!target)
    throw refused(code, `"${name}" is nothing to fill in ${kind}; there are ${targetsOfKind[kind]}.`, header);
  return target;
}

/** Refuses at once what would make every single row wrong. */
function refuseUseless(
  kind: ImportKind,
  targets: readonly Target[],
  values: Mapping['values'],
  header: readonly string[],
): void {
  if (!targets.some(({ to }) => to === 'identity'))
    throw refused(
      'import.columns',
      'No column names a user; one has to be userId, anonymousId or identity:<type>, by its own name or by map.',
      header,
    );
  const has = (field: string) => targets.some((target) => target.to === 'field' && target.field === field);
  if (kind === 'events' && !has('event') && (values.type === 'track' || !has('type')))
    throw refused(
      'import.columns',
      'No column says which event a track is; one has to be event, by its own name, by map or by values.',
      header,
    );
  const paths = targets.flatMap((target) => (target.to === 'property' ? [target.path.join('.')] : []));
  const within = paths.find((path) => paths.some((other) => other.startsWith(`${path}.`)));
  if (within !== undefined)
    throw refused('import.columns', `properties.${within} cannot be a value and an object at once.`, header);
}

function refused(code: string, detail: string, columns: readonly string[]): LetheError {
  const shown = columns.slice(0, 100);
  const more = columns.length > shown.length ? `, and ${columns.length - shown.length} more` : '';
  const field = { 'import.map': 'map', 'import.values': 'values', 'import.ignore': 'ignore' }[code] ?? 'file';
  return new LetheError('unacceptable', code, `${detail} Columns of the file: ${shown.join(', ')}${more}.`, {
    errors: [{ field, code, detail }],
    members: { columns: shown },
  });
}
