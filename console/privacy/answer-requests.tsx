import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import { Panel } from '../ui/panel.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { DeleteFound } from './delete-found.tsx';
import { Found } from './found.tsx';
import type { IdentityList } from './identity-list.ts';
import { ListField } from './list-field.tsx';
import { Outcome } from './outcome.tsx';
import { type Answered, type LookedUp, useLookUp } from './request-calls.ts';

/**
 * The way of a list: entered, looked up, deleted, its outcome. All of it is in the memory of this component and nowhere else, so it
 * is gone when one leaves the screen.
 */
export function AnswerRequests({ dataset, onAgain }: { dataset: string; onAgain(): void }) {
  const [lookedUp, setLookedUp] = useState<LookedUp>();
  const [answered, setAnswered] = useState<Answered>();
  const lookUp = useLookUp(dataset);
  const { requests } = texts.privacy;
  if (answered) return <Outcome answered={answered} onAgain={onAgain} />;
  const forget = () => {
    setLookedUp(undefined);
    lookUp.reset();
  };
  return (
    <>
      <Panel title={requests.list.title} text={requests.list.text}>
        <ListField
          dataset={dataset}
          busy={lookUp.isPending}
          onChange={forget}
          // Told to this call alone: a list that was changed meanwhile has not been looked up.
          onLookUp={(list: IdentityList) => lookUp.mutate(list, { onSuccess: setLookedUp })}
        />
        {lookUp.error && <ProblemNotice error={lookUp.error} title={requests.found.failed} />}
      </Panel>
      {lookedUp && (
        <>
          <Panel title={requests.found.title} text={requests.found.text}>
            <Found dataset={dataset} lookedUp={lookedUp} />
          </Panel>
          {lookedUp.found > 0 && (
            <Panel title={requests.deletion.title} text={requests.deletion.text}>
              <DeleteFound dataset={dataset} lookedUp={lookedUp} onOthersFound={setLookedUp} onAnswered={setAnswered} />
            </Panel>
          )}
        </>
      )}
    </>
  );
}
