import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { inDataset } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { AddUsers } from './add-users.tsx';
import classes from './segment.module.css';
import { segmentQuery } from './segment-queries.ts';
import { SegmentUserList } from './segment-user-list.tsx';

const searchSettlesMs = 250;

/** Who is in a segment. */
export function UsersTab() {
  const { ds: dataset, id } = useParams({ from: '/signed-in/datasets/$ds/segments/$id' });
  const { data: segment } = useSuspenseQuery(segmentQuery(dataset, id));
  return <Users dataset={dataset} segment={segment} key={id} />;
}

interface OfSegment {
  dataset: string;
  segment: SegmentItem;
}

function Users({ dataset, segment }: OfSegment) {
  const { users } = texts.segments;
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), searchSettlesMs);
  const { sort } = useSearch({ from: '/signed-in/datasets/$ds/segments/$id/users' });
  return (
    <Stack gap="sm">
      <Group align="end" gap="sm">
        <TextInput
          className={classes.search}
          label={users.search}
          placeholder={users.searchHint}
          leftSection={<IconSearch size={16} aria-hidden />}
          type="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Order dataset={dataset} segment={segment} sort={sort} />
        <Group gap="xs" className={classes.end}>
          <AddUsers dataset={dataset} segment={segment} />
          <ExportUsers dataset={dataset} segment={segment} />
        </Group>
      </Group>
      <WhyLocked dataset={dataset} segment={segment} />
      <SegmentUserList dataset={dataset} segment={segment} search={settled} sort={sort} />
    </Stack>
  );
}

function Order({ dataset, segment, sort }: OfSegment & { sort: 'lastActivity' | undefined }) {
  const { users } = texts.segments;
  const navigate = useNavigate();
  return (
    <NativeSelect
      label={users.order}
      value={sort ?? 'came'}
      data={[
        { value: 'came', label: users.inOrderOfComing },
        { value: 'lastActivity', label: users.byActivity },
      ]}
      onChange={({ currentTarget: { value } }) =>
        void navigate({
          to: '/datasets/$ds/segments/$id/users',
          params: { ds: dataset, id: segment.id },
          search: value === 'lastActivity' ? { sort: value } : {},
          replace: true,
        })
      }
    />
  );
}

function ExportUsers({ dataset, segment }: OfSegment) {
  const mayExport = useMay('exportUsers', dataset);
  if (!mayExport) return null;
  return (
    <Button
      component="a"
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      href={inDataset(dataset, 'segments', segment.id, 'export')}
      download={`segment-${segment.id}.csv`}
    >
      {texts.segments.users.export}
    </Button>
  );
}

/** Why an editor cannot change a list just now. */
function WhyLocked({ dataset, segment }: OfSegment) {
  const { adding, whyLocked } = texts.segments;
  const mayEdit = useMay('editSegments', dataset);
  if (!mayEdit || segment.kind === 'rule' || (segment.enabled && segment.state !== 'deleting')) return null;
  return (
    <Text size="sm" c="dimmed">
      {segment.state === 'deleting' ? whyLocked : adding.disabled}
    </Text>
  );
}
