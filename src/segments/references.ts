import type { RawBuilder } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { closesCycle } from './nesting.ts';
import { predicate } from './predicate-sql.ts';
import { importsUsedBy, type Rule, segmentsUsedBy } from './rule.ts';
import type { SegmentState } from './segment.ts';
import { findImportNumbers, findSegmentsInForce, listRuleSegments } from './segment-sql.ts';

/** What rules name besides the profile, as it is now: the sets in force of other segments, and the numbers of imports. */
export interface References {
  segments: ReadonlyMap<string, { setNo: number; state: SegmentState }>;
  imports: ReadonlyMap<string, number>;
}

/** Asks the database only when one of the rules names something. */
export async function readReferences(ds: DatasetDb, rules: readonly Rule[]): Promise<References> {
  const segmentIds = [...new Set(rules.flatMap(segmentsUsedBy))];
  const importIds = [...new Set(rules.flatMap(importsUsedBy))];
  const segments = segmentIds.length > 0 ? await findSegmentsInForce(ds, segmentIds) : [];
  const imports = importIds.length > 0 ? await findImportNumbers(ds, importIds) : [];
  return {
    segments: new Map(segments.map((segment) => [segment.id, segment])),
    imports: new Map(imports.map(({ id, no }) => [id, no])),
  };
}

/** The one predicate of a rule, over a row of `profile` that is called `p`. */
export function compile(ds: DatasetDb, rule: Rule, references: References, now: Date): RawBuilder<boolean> {
  return predicate(rule, { ds, now, ...references });
}

/**
 * Refuses a rule that names a segment or an import that is not there, or whose segment would depend on itself.
 *
 * Throws `rule.unknown_segment`, `rule.unknown_import`, `rule.cycle`.
 */
export async function checkReferences(ds: DatasetDb, rule: Rule, segmentId?: string): Promise<References> {
  const references = await readReferences(ds, [rule]);
  for (const id of segmentsUsedBy(rule)) {
    if (!references.segments.has(id))
      throw refusal('rule.unknown_segment', `There is no segment "${id}" in this dataset.`);
  }
  for (const id of importsUsedBy(rule)) {
    if (!references.imports.has(id))
      throw refusal('rule.unknown_import', `There is no import "${id}" in this dataset.`);
  }
  if (segmentId && segmentsUsedBy(rule).length > 0 && closesCycle(segmentId, rule, await listRuleSegments(ds))) {
    throw refusal(
      'rule.cycle',
      'With this rule the segment would depend on itself, directly or through another segment.',
    );
  }
  return references;
}

function refusal(code: string, detail: string): LetheError {
  return new LetheError('unacceptable', code, detail, { errors: [{ field: 'rule', code, detail }] });
}
