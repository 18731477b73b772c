import { missing, said, writtenComparison, writtenDays, writtenNumber, writtenTime } from './comparison-draft.ts';
import type { ActionsDraft, ConditionDraft, PeriodDraft, PropertyDraft } from './condition-draft.ts';
import { typedWhole } from './typed-number.ts';
import type { Gap, Json } from './written.ts';

type Of<Kind extends ConditionDraft['of']> = Extract<ConditionDraft, { of: Kind }>;

/** A condition as JSON, with null for what is missing, which is added to `gaps`. Says nothing that goes without saying. */
export function writtenCondition(draft: ConditionDraft, gaps: Gap[]): Json {
  switch (draft.of) {
    case 'everyone':
      return { everyone: true };
    case 'attribute':
      return {
        attribute: said(draft.name, 'attribute', 'attribute', gaps),
        ...writtenComparison(draft.asked, gaps),
      };
    case 'action':
      return writtenAction(draft, gaps);
    case 'lastAction':
      return writtenLastAction(draft, gaps);
    case 'orders':
      return writtenOrders(draft, gaps);
    case 'visits':
      return { visits: draft.figure, ...writtenComparison(draft.asked, gaps) };
    case 'profile':
      return { profile: 'createdAt', ...writtenComparison(draft.asked, gaps) };
    case 'import':
      return { import: said(draft.import, 'import', 'import', gaps), created: draft.created };
    case 'anonymous':
      return { anonymous: draft.anonymous };
    case 'identity':
      return writtenIdentity(draft, gaps);
    case 'segment':
      return { segment: said(draft.segment, 'segment', 'segment', gaps), member: draft.member };
    case 'sample': {
      const [from, to] = [draft.from, draft.to].map((typed) => writtenNumber(typed, 'sample', gaps));
      return { sample: { from: from ?? null, to: to ?? null } };
    }
    case 'json':
      return draft.json;
  }
}

function writtenAction({ actions, did, times, onceSaid, within, where }: Of<'action'>, gaps: Gap[]): Json {
  const action = writtenActions(actions, 'action', gaps);
  const atLeast = typedWhole(times);
  const isSaid = atLeast !== 1 || onceSaid;
  return {
    action,
    did,
    ...(isSaid ? { atLeast: typeof atLeast === 'number' ? atLeast : missing('times', 'atLeast', gaps) } : {}),
    ...writtenPeriod(within, gaps),
    ...writtenWhere(where, gaps),
  };
}

function writtenLastAction({ actions, recency, days, orNever, where }: Of<'lastAction'>, gaps: Gap[]): Json {
  return {
    lastAction: writtenActions(actions, 'lastAction', gaps),
    [recency]: writtenDays(days, recency, gaps),
    ...(orNever === undefined ? {} : { orNever }),
    ...writtenWhere(where, gaps),
  };
}

function writtenOrders({ figure, asked, within }: Of<'orders'>, gaps: Gap[]): Json {
  const hasPeriod = figure === 'count' || figure === 'value';
  return {
    orders: figure,
    ...writtenComparison(asked, gaps),
    ...(hasPeriod ? writtenPeriod(within, gaps) : {}),
  };
}

function writtenIdentity({ type, present, asked }: Of<'identity'>, gaps: Gap[]): Json {
  const identity = said(type, 'identityType', 'identity', gaps);
  return present === undefined ? { identity, ...writtenComparison(asked, gaps) } : { identity, present };
}

function writtenActions({ names, listed }: ActionsDraft, at: string, gaps: Gap[]): Json {
  const [first] = names;
  if (first === undefined) return missing('action', at, gaps);
  return names.length > 1 || listed ? names : first;
}

function writtenPeriod({ form, days, range }: PeriodDraft, gaps: Gap[]): { within?: Json } {
  if (form === 'always') return {};
  if (form === 'days') return { within: { days: writtenDays(days, 'within.days', gaps) } };
  const [from, to] = range;
  if (from === '' && to === '') return { within: { from: missing('period', 'within', gaps) } };
  return {
    within: {
      ...(from === '' ? {} : { from: writtenTime(from, 'within.from', gaps) }),
      ...(to === '' ? {} : { to: writtenTime(to, 'within.to', gaps) }),
    },
  };
}

function writtenWhere(where: readonly PropertyDraft[], gaps: Gap[]): { where?: Json } {
  if (where.length === 0) return {};
  return {
    where: where.map(({ property, asked }, index) => {
      const ofLine: Gap[] = [];
      const line = {
        property: said(property, 'property', 'property', ofLine),
        ...writtenComparison(asked, ofLine),
      };
      gaps.push(...ofLine.map(({ what, at }) => ({ what, at: `where.${index}.${at}` })));
      return line;
    }),
  };
}
