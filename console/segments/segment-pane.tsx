import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Job } from '../../src/deletions/job.ts';
import type { Rule } from '../../src/segments/rule.ts';
import type { ChangedBy } from '../../src/segments/segment.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { type ListedSegment, sum } from './listed-segments.ts';
import { RecentLine, recentInWords } from './recent-line.tsx';
import { RuleSummary } from './rule-builder/rule-summary.tsx';
import classes from './segment.module.css';
import { SegmentButtons } from './segment-actions.tsx';
import { SegmentBadge } from './segment-badge.tsx';
import { SegmentUsers } from './segment-columns.tsx';
import { deletionsQuery } from './segment-queries.ts';
import { SegmentUses } from './segment-uses.tsx';

/** Deletions that the pane shows; the others are on the segment's own screen. */
const deletionsShownMax = 3;

export interface SegmentPaneProps {
  dataset: string;
  segment: ListedSegment;
}

/** What is known of the segment that is selected in the list. */
export function SegmentPane({ dataset, segment }: SegmentPaneProps) {
  const { pane, open, whyLocked } = texts.segments;
  const link = { to: '/datasets/$ds/segments/$id', params: { ds: dataset, id: segment.id } } as const;
  return (
    <section className={classes.pane} aria-label={pane.label(segment.name)}>
      <Stack>
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <Title order={2}>{segment.name}</Title>
            <SegmentBadge segment={segment} deletionCompletedAt={segment.deletionCompletedAt} />
          </Group>
          <Group gap="xs">
            <Button size="xs" variant="default" renderRoot={(props) => <Link {...props} {...link} />}>
              {open}
            </Button>
            <SegmentButtons dataset={dataset} segment={segment} />
          </Group>
        </Group>
        {segment.state === 'deleting' && <Text size="sm">{whyLocked}</Text>}
        <div className={classes.parts}>
          <Overview segment={segment} />
          <Part title={pane.usedBy}>
            {segment.usedBy.length === 0 ? (
              <Text size="sm">{pane.notUsed}</Text>
            ) : (
              <>
                <Text size="sm" c="dimmed">
                  {pane.usedIn}
                </Text>
                <SegmentUses dataset={dataset} uses={segment.usedBy} />
              </>
            )}
          </Part>
          <History dataset={dataset} segment={segment} />
        </div>
        {segment.kind === 'rule' && (
          <Part title={pane.rule}>
            <RuleSummary dataset={dataset} rule={segment.rule as Rule} />
          </Part>
        )}
      </Stack>
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </div>
  );
}

function Overview({ segment }: { segment: ListedSegment }) {
  const { pane, kindsExplained, list } = texts.segments;
  return (
    <Part title={pane.overview}>
      <dl className={classes.facts}>
        <dt>{pane.kind}</dt>
        <dd>{kindsExplained[segment.kind]}</dd>
        <dt>{pane.users}</dt>
        <dd>
          <SegmentUsers segment={segment} />
        </dd>
        <dt>{pane.folder}</dt>
        <dd>{segment.folder ?? list.noFolder}</dd>
        <dt>{pane.created}</dt>
        <dd>
          <MadeBy at={segment.createdAt} by={segment.createdBy} />
        </dd>
        <dt>{pane.changed}</dt>
        <dd>
          <MadeBy at={segment.updatedAt} by={segment.updatedBy} />
        </dd>
      </dl>
    </Part>
  );
}

function MadeBy({ at, by }: { at: string; by: ChangedBy | null }) {
  return (
    <>
      <Moment at={at} /> {by && texts.segments.pane.by(by.name)}
    </>
  );
}

function History({ dataset, segment }: SegmentPaneProps) {
  const { pane } = texts.segments;
  const { recent } = segment;
  const { data: deletions = [] } = useQuery(deletionsQuery(dataset, segment.id));
  const hasChanged = recent && sum([...recent.joined, ...recent.left, ...recent.deleted]) > 0;
  const link = { to: '/datasets/$ds/segments/$id/deletions', params: { ds: dataset, id: segment.id } } as const;
  return (
    <Part title={pane.history}>
      {recent && (
        <Group gap="xs" wrap="nowrap">
          {hasChanged && <RecentLine recent={recent} />}
          <Text size="sm">{hasChanged ? recentInWords(recent) : pane.noChange}</Text>
        </Group>
      )}
      {deletions.length === 0 ? (
        <Text size="sm" c="dimmed">
          {pane.noDeletion}
        </Text>
      ) : (
        <ul className={classes.list} aria-label={pane.deletions}>
          {deletions.slice(0, deletionsShownMax).map((job) => (
            <li key={job.id}>
              <Moment at={job.completedAt ?? job.startedAt} />: {inWords(job)} {pane.by(job.requestedBy.name)}
            </li>
          ))}
        </ul>
      )}
      {deletions.length > deletionsShownMax && (
        <Anchor size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
          {pane.moreDeletions}
        </Anchor>
      )}
    </Part>
  );
}

function inWords({ completedAt, users, deleted }: Job): string {
  const { pane } = texts.segments;
  return completedAt === null ? pane.deletionRunning(deleted, users) : pane.deletion(users);
}
