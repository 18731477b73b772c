import { z } from 'zod';
import { type Actor, mayInAccount } from '../access/permissions.ts';
import type { DatasetDb } from '../database/handle.ts';
import { countDatasets } from '../datasets/dataset-sql.ts';
import { definitions, type Settings } from '../settings.ts';
import { countSegments } from './segment-sql.ts';

export const limitSchema = z.object({
  name: z.string(),
  limit: z.number(),
  used: z.number().nullable().describe('Where it is counted; null for the size of one thing'),
  unit: z.string(),
  setting: z.string().describe('The setting that changes it'),
});
export type LimitItem = z.infer<typeof limitSchema>;

/**
 * How much a dataset may hold, and how much of that it does, exactly. How many datasets there are is told to those who may create
 * one: nobody else learns of those out of reach.
 */
export async function showLimits(ds: DatasetDb, settings: Settings, actor: Actor): Promise<LimitItem[]> {
  const { enabledRules, lists } = await countSegments(ds);
  const datasets = mayInAccount(actor, 'createDatasets') ? await countDatasets(ds.db) : null;
  const item = (name: keyof typeof limits, used: number | null): LimitItem => {
    const { setting, unit } = limits[name];
    return { name, limit: settings[setting], used, unit, setting: definitions[setting].env };
  };
  return [
    item('ruleSegments', enabledRules),
    item('listSegments', lists),
    item('attributesPerProfile', null),
    item('eventBytes', null),
    item('batchBytes', null),
    item('datasets', datasets),
  ];
}

const limits = {
  ruleSegments: { setting: 'ruleSegmentsMax', unit: 'segments' },
  listSegments: { setting: 'listSegmentsMax', unit: 'segments' },
  attributesPerProfile: { setting: 'attributesPerProfileMax', unit: 'attributes' },
  eventBytes: { setting: 'eventBytesMax', unit: 'bytes' },
  batchBytes: { setting: 'batchBytesMax', unit: 'bytes' },
  datasets: { setting: 'datasetsMax', unit: 'datasets' },
} as const;
