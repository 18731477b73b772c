import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Preview } from '../../src/deletions/preview.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem, isRefusal } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { readNumber } from './confirmed-number.ts';
import { Consent } from './consent.tsx';
import classes from './deletion.module.css';
import { usersNowQuery } from './deletion-queries.ts';
import { ErasureChoice } from './erasure-choice.tsx';
import { useStartDeletion } from './start-deletion.ts';
import { WhatElse } from './what-else.tsx';
import { WhatGoes } from './what-goes.tsx';
import { WhatToKnow } from './what-to-know.tsx';

export interface ConfirmDeletionProps {
  dataset: string;
  segment: SegmentItem;
  preview: Preview;
  onClose(): void;
  /** The numbers have changed: everything is counted anew. */
  lookAgain(): void;
}

/** What goes, what else is touched, what one should know, and then the consent. The number that is confirmed is the one of this moment. */
export function ConfirmDeletion({ dataset, segment, preview, onClose, lookAgain }: ConfirmDeletionProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState('');
  const [consent, setConsent] = useState(false);
  const [erasure, setErasure] = useState(preview.erasure);
  const usersAtOpening = useUsersAtOpening(dataset, segment, preview.users, lookAgain);
  const start = useStartDeletion({
    dataset,
    segment,
    expectedUsers: preview.users,
    erasure,
    onStarted: onClose,
    lookAgain,
  });
  const isConfirmed = consent && readNumber(typed) === preview.users;
  // The focus is on the way out, and the eye at the beginning.
  useEffect(() => cancel.current?.focus({ preventScroll: true }), []);
  // A typed number is void when another one is shown.
  useEffect(() => setTyped(''), [preview.users]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isConfirmed && !start.isPending) start.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <WhatGoes preview={preview} />
        <WhatElse dataset={dataset} segment={segment} preview={preview} />
        <WhatToKnow dataset={dataset} preview={preview} />
        <ErasureChoice erasure={erasure} onChange={setErasure} />
        <Consent
          users={preview.users}
          usersAtOpening={usersAtOpening}
          consent={consent}
          onConsent={setConsent}
          typed={typed}
          onType={setTyped}
        />
        {start.error && !isProblem(start.error, 'deletion.users_changed') && (
          <ProblemNotice
            error={start.error}
            title={isRefusal(start.error) ? texts.deletions.dialog.notStarted : texts.deletions.dialog.notKnown}
          />
        )}
        <Group justify="flex-end" className={classes.decision}>
          <Button variant="default" onClick={onClose} ref={cancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" color="danger" disabled={!isConfirmed} loading={start.isPending}>
            {texts.deletions.dialog.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The number of users when this was opened. While it is open the number is watched; when it is another one, everything is counted anew. */
function useUsersAtOpening(dataset: string, segment: SegmentItem, shown: number, lookAgain: () => void): number {
  const [atOpening] = useState(shown);
  const { data: now, dataUpdatedAt } = useQuery(usersNowQuery(dataset, segment.id));
  useEffect(() => {
    if (now !== undefined && now !== shown) lookAgain();
  }, [dataUpdatedAt]);
  return atOpening;
}
