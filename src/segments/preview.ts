import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { withSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import { readUserItems, userItemSchema } from '../profiles/user-items.ts';
import { parseRule } from './parse-rule.ts';
import { countMatching, findLastActiveMatching } from './preview-sql.ts';
import { checkReferences, compile } from './references.ts';

const sampleUsers = 20;

export const rulePreviewSchema = z.object({
  users: z.number().int().describe('Exact'),
  sample: z.array(userItemSchema).describe('The users who were active last'),
});
export type RulePreview = z.infer<typeof rulePreviewSchema>;

/**
 * Who would be in a segment with this rule; nothing is saved.
 *
 * Throws `rule.…`; `segment.computing` when the rule names a segment whose users are not known yet.
 */
export async function previewRule(ds: DatasetDb, rule: unknown, now: Date): Promise<RulePreview> {
  const parsed = parseRule(rule);
  return withSnapshot(ds.dataset, ds.db, async (snapshot) => {
    const references = await checkReferences(snapshot, parsed);
    for (const [id, { state }] of references.segments) {
      if (state !== 'computing') continue;
      const detail = `The users of segment "${id}", which the rule names, are still being computed. Ask again when it is ready.`;
      throw new LetheError('conflict', 'segment.computing', detail);
    }
    const matches = compile(snapshot, parsed, references, now);
    return {
      users: await countMatching(snapshot, matches),
      sample: await readUserItems(snapshot, await findLastActiveMatching(snapshot, matches, sampleUsers)),
    };
  });
}
