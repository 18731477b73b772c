import { Anchor, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import { AnswerRequests } from './answer-requests.tsx';

/** Where requests of people are answered: a list of them is looked up, and then deleted. */
export function RequestsScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/privacy' });
  const mayAnswer = useMay('answerPrivacyRequests', ds);
  const [round, setRound] = useState(1);
  const { requests } = texts.privacy;
  return (
    <Screen title={requests.title} description={requests.description}>
      {mayAnswer ? (
        // Another round, or another dataset, begins with nothing of this one.
        <AnswerRequests key={`${ds} ${round}`} dataset={ds} onAgain={() => setRound(round + 1)} />
      ) : (
        <Text size="sm" maw={620}>
          {requests.notAllowed}
        </Text>
      )}
      <div>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/datasets/$ds/privacy/which-deletion" params={{ ds }} />}
        >
          {texts.privacy.whichDeletion.title}
        </Anchor>
      </div>
    </Screen>
  );
}
