import type { FieldProblem } from '../../api/problem.ts';

/** A refusal of the server, at the entry that it concerns. */
export interface ProblemThere {
  entry: string;
  detail: string;
}

/**
 * Finds the condition or group that each refused field is in: the server says `rule.all.0.value`, and the longest beginning of that
 * which is an entry is its place.
 */
export function problemsAt(places: ReadonlyMap<string, string>, errors: readonly FieldProblem[]): ProblemThere[] {
  return errors.flatMap(({ field, detail }) => {
    const entry = placeOf(field.split('.'), places);
    return entry === undefined ? [] : [{ entry, detail }];
  });
}

function placeOf(path: readonly string[], places: ReadonlyMap<string, string>): string | undefined {
  if (path.length === 0) return undefined;
  return places.get(path.join('.')) ?? placeOf(path.slice(0, -1), places);
}
