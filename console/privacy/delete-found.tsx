import { Button, List, Stack, Text } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { readNumber } from '../deletions/confirmed-number.ts';
import { Consent } from '../deletions/consent.tsx';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './privacy.module.css';
import { type Answered, type LookedUp, OthersFound, useDeletion } from './request-calls.ts';

export interface DeleteFoundProps {
  dataset: string;
  lookedUp: LookedUp;
  onOthersFound(now: LookedUp): void;
  onAnswered(answered: Answered): void;
}

/** What the deletion reaches and what not, and the consent, as a bulk deletion asks for it. */
export function DeleteFound({ dataset, lookedUp, onOthersFound, onAnswered }: DeleteFoundProps) {
  const [consent, setConsent] = useState(false);
  const [typed, setTyped] = useState('');
  const [before, setBefore] = useState<number>();
  const deletion = useDeletion(dataset, lookedUp, onAnswered);
  const { deletion: words } = texts.privacy.requests;
  const { found } = lookedUp;
  const isConfirmed = consent && readNumber(typed) === found;
  const { error } = deletion;
  useEffect(() => {
    if (!(error instanceof OthersFound)) return;
    setBefore(found);
    setTyped('');
    onOthersFound(error.now);
    deletion.reset();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isConfirmed && !deletion.isPending) deletion.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{words.reaches}</Text>
        <List size="sm" spacing={4}>
          <List.Item>{words.cannot}</List.Item>
          <List.Item>{words.notReached}</List.Item>
          <List.Item>{words.comesBack}</List.Item>
          <List.Item>{words.audit}</List.Item>
        </List>
        {before !== undefined && (
          <Text role="alert" size="sm" className={classes.changed}>
            {words.changed(found, before)}
          </Text>
        )}
        <Consent
          users={found}
          usersAtOpening={found}
          consent={consent}
          onConsent={setConsent}
          typed={typed}
          onType={setTyped}
        />
        {error && !(error instanceof OthersFound) && <ProblemNotice error={error} title={words.failed} />}
        <div>
          <Button type="submit" color="danger" disabled={!isConfirmed} loading={deletion.isPending}>
            {words.confirm(found)}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
