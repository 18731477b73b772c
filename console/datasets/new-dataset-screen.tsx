import { Button, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import { useMayInAccount } from '../access/me.ts';
import { NeedsAdministrator } from '../access/needs-administrator.tsx';
import { Problem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { datasetsQuery } from './dataset-queries.ts';
import classes from './datasets.module.css';

type DatasetType = DatasetItem['type'];

const types: readonly DatasetType[] = ['production', 'staging', 'qa', 'development'];
const idPattern = /^[a-z][a-z0-9_-]{0,39}$/;
const words = texts.datasets.new;

export function NewDatasetScreen() {
  return useMayInAccount('createDatasets') ? <NewDataset /> : <NeedsAdministrator title={words.title} />;
}

function NewDataset() {
  const create = useCreation();
  const [{ id, name, type }, setWanted] = useState({ id: '', name: '', type: 'production' as DatasetType });
  const [isAsked, setAsked] = useState(false);
  const idProblem = isAsked && !idPattern.test(id) ? words.idWrong : fieldProblem(create.error, 'id');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (idPattern.test(id)) create.mutate({ id, name: name.trim(), type });
  };
  return (
    <Screen title={words.title} description={words.description}>
      <form onSubmit={submit} className={classes.form} noValidate>
        <Stack>
          <TextInput
            label={words.name}
            description={words.nameHint}
            value={name}
            onChange={({ currentTarget }) => setWanted({ id, name: currentTarget.value, type })}
            error={fieldProblem(create.error, 'name')}
            maxLength={200}
            required
            withAsterisk={false}
          />
          <TextInput
            label={words.id}
            description={words.idHint}
            value={id}
            onChange={({ currentTarget }) => setWanted({ id: currentTarget.value, name, type })}
            error={idProblem}
            maxLength={40}
            spellCheck={false}
            autoCapitalize="none"
            required
            withAsterisk={false}
          />
          <TypeChoice type={type} onChange={(chosen) => setWanted({ id, name, type: chosen })} />
          {create.error && <ProblemNotice error={create.error} title={words.refused} />}
          <div>
            <Button type="submit" disabled={id === '' || name.trim() === ''} loading={create.isPending}>
              {words.create}
            </Button>
          </div>
        </Stack>
      </form>
    </Screen>
  );
}

function TypeChoice({ type, onChange }: { type: DatasetType; onChange(type: DatasetType): void }) {
  return (
    <Radio.Group
      label={words.type}
      description={words.typeHint}
      value={type}
      onChange={(value) => onChange(value as DatasetType)}
    >
      <Stack gap="xs" mt="xs">
        {types.map((each) => (
          <Radio key={each} value={each} label={texts.frame.types[each]} description={words.types[each]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Creates a dataset and goes there. */
function useCreation() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { id: string; name: string; type: DatasetType }) =>
      request<DatasetItem>('POST', '/api/datasets', { body }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: datasetsQuery.queryKey });
      await navigate({ to: '/datasets/$ds/segments', params: { ds: id } });
    },
  });
}

function fieldProblem(error: unknown, field: string): string | undefined {
  return error instanceof Problem ? error.errors.find((each) => each.field === field)?.detail : undefined;
}
