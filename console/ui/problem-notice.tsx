import { Alert, Button, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { isPassing, Problem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';

export interface ProblemNoticeProps {
  error: unknown;
  /** What was not possible: "The segment was not saved." */
  title?: string;
  /** Offered where trying again may help. */
  retry?: () => void;
}

/** Says what happened, why, and what to do; read out when it appears. */
export function ProblemNotice({ error, title, retry }: ProblemNoticeProps) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <Alert
      role="alert"
      variant="light"
      color="orange"
      icon={<IconAlertTriangle aria-hidden />}
      title={title}
      styles={{ root: { backgroundColor: 'var(--lethe-attention-soft)' }, title: { color: 'var(--lethe-attention)' } }}
    >
      <Text size="sm">{problem?.message ?? texts.problems.ofPage(String(error))}</Text>
      {problem && problem.errors.length > 1 && (
        <List size="sm" mt="xs">
          {problem.errors.map(({ field, detail }) => (
            <List.Item key={`${field} ${detail}`}>{detail}</List.Item>
          ))}
        </List>
      )}
      {retry && (isPassing(error) || !problem) && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={retry}>
            {texts.actions.tryAgain}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
