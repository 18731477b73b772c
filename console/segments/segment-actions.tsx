import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { DeleteSegment } from './delete-segment.tsx';
import { MoveSegment } from './move-segment.tsx';

export interface SegmentActionsProps {
  dataset: string;
  segment: SegmentItem;
}

/** What an editor does with a whole segment, as buttons. */
export function SegmentButtons({ dataset, segment }: SegmentActionsProps) {
  const mayEdit = useMay('editSegments', dataset);
  const [moving, move] = useDisclosure();
  const [removing, remove] = useDisclosure();
  if (!mayEdit) return null;
  const isLocked = segment.state === 'deleting';
  return (
    <>
      <Button size="xs" variant="default" renderRoot={(props) => <Link {...props} {...cloneOf(dataset, segment)} />}>
        {texts.segments.clone}
      </Button>
      {!isLocked && (
        <>
          <Button size="xs" variant="default" onClick={move.open}>
            {texts.segments.move}
          </Button>
          <Button size="xs" variant="default" onClick={remove.open}>
            {texts.segments.delete}
          </Button>
        </>
      )}
      <MoveSegment dataset={dataset} segment={segment} opened={moving} onClose={move.close} />
      <DeleteSegment dataset={dataset} segment={segment} opened={removing} onClose={remove.close} />
    </>
  );
}

/** The same as a menu, on the segment's own screen. */
export function SegmentMenu({ dataset, segment, onDeleted }: SegmentActionsProps & { onDeleted(): void }) {
  const mayEdit = useMay('editSegments', dataset);
  const [moving, move] = useDisclosure();
  const [removing, remove] = useDisclosure();
  if (!mayEdit) return null;
  const isLocked = segment.state === 'deleting';
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={texts.segments.more}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item renderRoot={(props) => <Link {...props} {...cloneOf(dataset, segment)} />}>
            {texts.segments.clone}
          </Menu.Item>
          <Menu.Item disabled={isLocked} onClick={move.open}>
            {texts.segments.move}
          </Menu.Item>
          <Menu.Item disabled={isLocked} onClick={remove.open}>
            {texts.segments.delete}
          </Menu.Item>
          {isLocked && (
            <Text size="xs" c="dimmed" p="xs">
              {texts.segments.whyLocked}
            </Text>
          )}
        </Menu.Dropdown>
      </Menu>
      <MoveSegment dataset={dataset} segment={segment} opened={moving} onClose={move.close} />
      <DeleteSegment
        dataset={dataset}
        segment={segment}
        opened={removing}
        onClose={remove.close}
        onDeleted={onDeleted}
      />
    </>
  );
}

function cloneOf(dataset: string, { id }: SegmentItem) {
  return { to: '/datasets/$ds/segments/new', params: { ds: dataset }, search: { from: id } } as const;
}
