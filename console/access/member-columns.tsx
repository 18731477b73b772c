import { Anchor, Button, Group, Text, VisuallyHidden } from '@mantine/core';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { actsAs } from './acts-as.ts';
import classes from './cells.module.css';

const words = texts.access.members;
const column = columnsOf<MemberItem>();

export interface MemberActions {
  nameOf(dataset: string): string;
  /** Id of the member who looks. */
  own: string;
  onEdit(member: MemberItem): void;
  onRemove(member: MemberItem): void;
}

export function columnsOfMembers({ nameOf, own, onEdit, onRemove }: MemberActions) {
  return [
    column.accessor('name', {
      header: words.name,
      sortFn: 'text',
      cell: ({ getValue, row: { original } }) => (
        <Group gap={6} wrap="nowrap">
          <Anchor component="button" size="sm" fw={600} ta="left" onClick={() => onEdit(original)}>
            {getValue()}
          </Anchor>
          {original.id === own && (
            <Text size="xs" c="dimmed">
              {words.you}
            </Text>
          )}
        </Group>
      ),
    }),
    column.accessor('email', { header: words.email, sortFn: 'text', meta: { wide: true } }),
    column.accessor((member) => actsAs(member, nameOf), { id: 'role', header: words.role, sortFn: 'text' }),
    column.display({ id: 'signIn', header: words.signIn, cell: ({ row }) => <SignInOf member={row.original} /> }),
    column.accessor('createdAt', {
      header: words.since,
      meta: { wide: true },
      cell: ({ getValue }) => <Moment at={getValue()} as="date" />,
    }),
    column.display({
      id: 'remove',
      header: () => <VisuallyHidden>{words.remove}</VisuallyHidden>,
      cell: ({ row: { original } }) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={words.removeOf(original.name)}
          onClick={() => onRemove(original)}
        >
          {words.remove}
        </Button>
      ),
    }),
  ];
}

/** How this member gets in; a one-time password that nobody has replaced yet asks for a look. */
function SignInOf({ member: { mustChangePassword, secondFactor } }: { member: MemberItem }) {
  if (mustChangePassword) {
    return (
      <Text size="sm" fw={600} c="var(--lethe-attention)" className={classes.nowrap}>
        {words.oneTimePassword}
      </Text>
    );
  }
  return (
    <Text size="sm" c={secondFactor ? undefined : 'dimmed'} className={classes.nowrap}>
      {secondFactor ? words.secondFactor : words.passwordOnly}
    </Text>
  );
}
