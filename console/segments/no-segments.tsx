import { Anchor, Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { templates } from './ready-made.ts';
import classes from './segment.module.css';

/** A dataset without a segment: what one is, and the ways to the first. */
export function NoSegments({ dataset }: { dataset: string }) {
  const { none, newSegment, readyMade } = texts.segments;
  const mayEdit = useMay('editSegments', dataset);
  const form = { to: '/datasets/$ds/segments/new', params: { ds: dataset } } as const;
  if (!mayEdit)
    return (
      <Empty title={none.title}>
        {none.text} {none.forViewers}
      </Empty>
    );
  return (
    <Empty
      title={none.title}
      actions={<Button renderRoot={(props) => <Link {...props} {...form} />}>{newSegment}</Button>}
    >
      <Text size="sm" c="dimmed">
        {none.text}
      </Text>
      <Text size="sm" c="dimmed" mt="sm">
        {none.readyMade}
      </Text>
      <ul className={classes.list}>
        {templates.map((template) => (
          <li key={template}>
            <Anchor size="sm" renderRoot={(props) => <Link {...props} {...form} search={{ template }} />}>
              {readyMade[template]}
            </Anchor>
          </li>
        ))}
      </ul>
    </Empty>
  );
}
