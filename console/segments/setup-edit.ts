import type { SegmentEdit } from '../../src/segments/edit.ts';
import type { Rule } from '../../src/segments/rule.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { sameJson } from './rule-builder/written.ts';

/** What somebody has changed of a segment and not saved; what is left out stays as the segment is. */
export interface SetupEdit {
  name?: string;
  /** Empty: none. */
  folder?: string;
  /** Without a rule while it is not complete. */
  rule?: { rule: Rule | undefined };
  enabled?: boolean;
}

/** What to send: only what is really another than it is. */
export function changesOf(segment: SegmentItem, edit: SetupEdit): SegmentEdit {
  const name = edit.name?.trim();
  const folder = edit.folder?.trim();
  const isRuleChanged = edit.rule !== undefined && !sameJson(edit.rule.rule, segment.rule);
  return {
    ...(name !== undefined && name !== segment.name ? { name } : {}),
    ...(folder !== undefined && folder !== (segment.folder ?? '') ? { folder: folder === '' ? null : folder } : {}),
    ...(isRuleChanged ? { rule: edit.rule?.rule } : {}),
    ...(edit.enabled !== undefined && edit.enabled !== segment.enabled ? { enabled: edit.enabled } : {}),
  };
}

export function isChanged(segment: SegmentItem, edit: SetupEdit): boolean {
  return Object.keys(changesOf(segment, edit)).length > 0;
}

/** Why it cannot be sent as it is. */
export function faultOf(edit: SetupEdit): 'name' | 'rule' | undefined {
  if (edit.name?.trim() === '') return 'name';
  return edit.rule && edit.rule.rule === undefined ? 'rule' : undefined;
}

/** What saving will do to the users, where it does something; a key of texts.segments.setup. */
export function consequenceOf(segment: SegmentItem, edit: SetupEdit): Consequence | undefined {
  const { enabled, rule } = changesOf(segment, edit) as { enabled?: boolean; rule?: unknown };
  if (enabled === false) return 'disabling';
  if (enabled && segment.kind !== 'rule') return 'list';
  if (enabled) return segment.disabledBecause === 'deletion' ? 'afterDeletion' : 'byHand';
  return rule !== undefined && segment.enabled ? 'ruleChanged' : undefined;
}

export type Consequence = 'disabling' | 'list' | 'afterDeletion' | 'byHand' | 'ruleChanged';
