import { Badge, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { AddMember } from './add-member.tsx';
import { useDatasetNames } from './dataset-names.ts';
import { EditMember } from './edit-member.tsx';
import { useMayInAccount, useMe } from './me.ts';
import { columnsOfMembers } from './member-columns.tsx';
import { membersQuery } from './member-queries.ts';
import { NeedsAdministrator } from './needs-administrator.tsx';
import { RemoveMember } from './remove-member.tsx';

const words = texts.access.members;

/** Who signs in, what each may do, and how well each sign-in is guarded. */
export function MembersScreen() {
  return useMayInAccount('manageMembers') ? <Members /> : <NeedsAdministrator title={words.title} />;
}

function Members() {
  const me = useMe();
  const nameOf = useDatasetNames();
  const { data, error, refetch } = useQuery(membersQuery);
  const [isAdding, setIsAdding] = useState(false);
  const [edited, setEdited] = useState<MemberItem>();
  const [removed, setRemoved] = useState<MemberItem>();
  const columns = useMemo(
    () => columnsOfMembers({ nameOf, own: me.id, onEdit: setEdited, onRemove: setRemoved }),
    [nameOf, me.id],
  );
  return (
    <Screen
      title={words.title}
      description={words.description}
      beside={
        data && (
          <Badge variant="light" color="gray">
            {data.length}
          </Badge>
        )
      }
      actions={<Button onClick={() => setIsAdding(true)}>{words.add}</Button>}
    >
      {error !== null && <ProblemNotice error={error} retry={refetch} />}
      {data === undefined && error === null && <Loading what={words.waitingFor} />}
      {data && (
        <DataTable
          label={words.table}
          columns={columns}
          rows={data}
          idOf={({ id }) => id}
          onOpen={setEdited}
          initialSorting={[{ id: 'name', desc: false }]}
        />
      )}
      <Group>
        <AddMember opened={isAdding} onClose={() => setIsAdding(false)} />
        <EditMember member={edited} onClose={() => setEdited(undefined)} />
        <RemoveMember member={removed} onClose={() => setRemoved(undefined)} />
      </Group>
    </Screen>
  );
}
