import { Alert, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { texts } from '../texts/texts.ts';
import { Figures } from '../ui/figures.tsx';
import { duration } from '../ui/moments.ts';
import { count, share } from '../ui/numbers.ts';
import { isUnderWay } from './import-queries.ts';
import { ImportBar } from './import-state.tsx';
import classes from './imports.module.css';

/** How far an import is, or what came of it. */
export function ImportOutcome({ item }: { item: ImportDetails }) {
  const { one, list } = texts.imports;
  return (
    <Stack gap="sm">
      <VisuallyHidden role="status">{announcement(item)}</VisuallyHidden>
      {isUnderWay(item) && (
        <>
          <ImportBar item={item} />
          <Text size="sm" c="dimmed">
            {item.state === 'running' ? one.running : one.receiving}
          </Text>
        </>
      )}
      {item.failure && <Failure failure={item.failure} />}
      <Figures
        label={one.figures}
        figures={[
          { name: list.columns.rows, value: count(item.rows) },
          { name: list.columns.accepted, value: count(item.accepted) },
          {
            name: list.columns.rejected,
            value: <span className={item.rejected > 0 ? classes.attention : undefined}>{count(item.rejected)}</span>,
          },
        ]}
      />
      {item.state === 'completed' && item.completedAt && (
        <Text size="sm" c="dimmed">
          {tookText((Date.parse(item.completedAt) - Date.parse(item.createdAt)) / 1_000)}
        </Text>
      )}
    </Stack>
  );
}

function tookText(seconds: number): string {
  const { one } = texts.imports;
  return seconds < 0.05 ? one.completedAtOnce : one.completedIn(duration(seconds));
}

function Failure({ failure }: { failure: NonNullable<ImportDetails['failure']> }) {
  const { one } = texts.imports;
  return (
    <Alert
      role="alert"
      variant="light"
      color="orange"
      title={one.failed}
      icon={<IconAlertTriangle aria-hidden />}
      className={classes.failure}
    >
      {failure.detail} {one.failedHint}
    </Alert>
  );
}

/** Read out every ten percent and at the end, not with every step. */
function announcement({ state, percent, accepted, rejected }: ImportDetails): string {
  const { one } = texts.imports;
  if (state === 'completed') return one.announcedEnd(accepted, rejected);
  return state === 'running' ? one.announced(share(Math.floor(percent / 10) / 10)) : '';
}
