import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { membersQuery } from '../access/member-queries.ts';
import { tokensQuery } from '../access/token-queries.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import type { AuditFilter } from './audit-filter.ts';
import classes from './audits.module.css';

const words = texts.audit.filters;

/** Narrows the list; what is set stands in the address. */
export function AuditFilters({ filter, onChange }: { filter: AuditFilter; onChange(filter: AuditFilter): void }) {
  const set = (name: keyof AuditFilter, value: string) => {
    const { [name]: _before, ...others } = filter;
    onChange(value === '' ? others : { ...others, [name]: value });
  };
  return (
    <search className={classes.filters} aria-label={words.label}>
      <NativeSelect
        label={words.dataset}
        data={useDatasetChoices(filter.dataset)}
        value={filter.dataset ?? ''}
        onChange={(event) => set('dataset', event.currentTarget.value)}
      />
      <NativeSelect
        label={words.actor}
        data={useActorChoices(filter.actor)}
        value={filter.actor ?? ''}
        onChange={(event) => set('actor', event.currentTarget.value)}
      />
      <NativeSelect
        label={words.action}
        data={actionChoices}
        value={filter.action ?? ''}
        onChange={(event) => set('action', event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={words.from}
        max={filter.to}
        value={filter.from ?? ''}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={words.to}
        min={filter.from}
        value={filter.to ?? ''}
        onChange={(event) => set('to', event.currentTarget.value)}
      />
      {Object.keys(filter).length > 0 && (
        <Button variant="default" onClick={() => onChange({})}>
          {words.clear}
        </Button>
      )}
    </search>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** What is filtered by stays to be seen, also where it is gone meanwhile. */
function withRemoved(choices: Choice[], chosen: string | undefined): Choice[] {
  const isThere = chosen === undefined || choices.some(({ value }) => value === chosen);
  return isThere ? choices : [...choices, { value: chosen, label: words.removed(chosen) }];
}

function useDatasetChoices(chosen: string | undefined): Choice[] {
  const { data } = useSuspenseQuery(datasetsQuery);
  const datasets = data.map(({ id, name }) => ({ value: id, label: name }));
  return [{ value: '', label: words.anyDataset }, ...withRemoved(datasets, chosen)];
}

function useActorChoices(chosen: string | undefined) {
  const { data: members = [], isSuccess } = useQuery(membersQuery);
  const { data: tokens = [], isSuccess: areTokensThere } = useQuery(tokensQuery);
  const people = members.map(({ id, name }) => ({ value: id, label: name }));
  const programs = tokens.map(({ keyId, name }) => ({ value: keyId, label: name }));
  const system = { value: 'system', label: texts.audit.actorKinds.system ?? '' };
  const all = withRemoved([...people, ...programs, system], isSuccess && areTokensThere ? chosen : undefined);
  return [
    { value: '', label: words.anyActor },
    { group: words.members, items: people },
    { group: words.tokens, items: programs },
    { group: words.others, items: all.slice(people.length + programs.length) },
  ];
}

/** All of one word, then its actions one by one. */
const actionChoices = [
  { value: '', label: words.anyAction },
  ...Object.entries(texts.audit.groups).map(([word, group]) => ({
    group,
    items: [
      { value: word, label: words.allOf(group) },
      ...Object.entries(texts.audit.actions)
        .filter(([action]) => action.startsWith(`${word}.`))
        .map(([value, label]) => ({ value, label })),
    ],
  })),
];
