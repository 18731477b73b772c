import { Anchor, List, Stack, Text, Title } from '@mantine/core';
import { Link, type LinkProps, useParams } from '@tanstack/react-router';
import { useId } from 'react';
import { type DatasetPermission, mayInDataset, roles } from '../../src/access/permissions.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import classes from './privacy.module.css';

const { whichDeletion: words } = texts.privacy;

type WayName = keyof typeof words.ways;

/** Several things are called deletion; this leads from what somebody wants to the right one. */
export function WhichDeletionScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/privacy/which-deletion' });
  const params = { ds };
  const answersRequests = useMay('answerPrivacyRequests', ds);
  const { notes } = words;
  return (
    <Screen title={words.title} description={words.description}>
      <div className={classes.ways}>
        <Way name="bulk" permission="deleteUsersInBulk" link={{ to: '/datasets/$ds/segments', params }} />
        <Way
          name="requests"
          permission="answerPrivacyRequests"
          link={answersRequests ? { to: '/datasets/$ds/privacy', params } : undefined}
        />
        <Way name="user" permission="deleteUser" link={{ to: '/datasets/$ds/users', params }} />
        <Way name="import" permission="deleteUsersInBulk" link={{ to: '/datasets/$ds/imports', params }} />
        <Way name="segment" permission="editSegments" link={{ to: '/datasets/$ds/segments', params }} />
      </div>
      <Stack gap="xs" component="section">
        <Title order={2}>{notes.title}</Title>
        <List size="sm" spacing={4} maw={760}>
          <List.Item>{notes.permanent}</List.Item>
          <List.Item>{notes.copies}</List.Item>
          <List.Item>{notes.comesBack}</List.Item>
        </List>
      </Stack>
    </Screen>
  );
}

interface WayProps {
  name: WayName;
  permission: DatasetPermission;
  link: LinkProps | undefined;
}

function Way({ name, permission, link }: WayProps) {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/privacy/which-deletion' });
  const may = useMay(permission, ds);
  const id = useId();
  const way = words.ways[name];
  return (
    <section className={classes.way} aria-labelledby={id}>
      <div>
        <Title order={2} id={id}>
          {way.want}
        </Title>
        <Text size="sm" c="dimmed" mt={2}>
          {way.example}
        </Text>
      </div>
      <Stack gap="xs">
        <dl className={classes.facts}>
          <dt>{words.use}</dt>
          <dd>{way.use}</dd>
          <dt>{words.reaches}</dt>
          <dd>{way.reaches}</dd>
          <dt>{words.who}</dt>
          <dd>
            {whoMay(permission)}
            {'whoToo' in way && `. ${way.whoToo}`}
          </dd>
          <dt>{words.undone}</dt>
          <dd>{'undone' in way ? way.undone : words.no}</dd>
        </dl>
        {may && link && (
          <Anchor size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
            {way.go}
          </Anchor>
        )}
      </Stack>
    </section>
  );
}

/** By the function that the server itself asks, so that this page cannot say anything else. */
function whoMay(permission: DatasetPermission): string {
  const actor = { kind: 'member', id: '', name: '', administrator: false } as const;
  const may = roles.filter((role) => mayInDataset({ ...actor, roles: { any: role } }, permission, 'any'));
  return [words.roles.administrator, ...may.map((role) => words.roles[role])].join(words.and);
}
