import { Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { roles } from '../../src/access/permissions.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { membersQuery } from './member-queries.ts';
import classes from './role-table.module.css';

const words = texts.access.roles;

/** How many members have which role in which dataset. */
export function MembersByRole() {
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const { data: members, error, refetch } = useQuery(membersQuery);
  if (error !== null) return <ProblemNotice error={error} retry={refetch} />;
  if (!members) return <Loading what={texts.access.members.waitingFor} lines={3} />;
  const others = members.filter(({ administrator }) => !administrator);
  const administrators = words.administrators(members.length - others.length);
  const numberOf = (dataset: string, role: string) => others.filter((member) => member.roles[dataset] === role).length;
  return (
    <Stack gap="xs" mt="md">
      <Title order={2}>{words.membersTitle}</Title>
      <Text size="sm" c="dimmed">
        <Anchor size="sm" underline="always" renderRoot={(props) => <Link {...props} to="/members" />}>
          {administrators}
        </Anchor>
        {` · ${words.membersText}`}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard. */}
      <section className={classes.frame} tabIndex={0} aria-label={words.membersTable}>
        <Table className={classes.table} aria-label={words.membersTable}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{words.dataset}</Table.Th>
              {roles.map((role) => (
                <Table.Th key={role} scope="col" className={classes.number}>
                  {texts.access.roleNames[role]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {datasets.map(({ id, name }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row">{name}</Table.Th>
                {roles.map((role) => (
                  <Table.Td key={role} className={classes.number}>
                    {count(numberOf(id, role))}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Stack>
  );
}
