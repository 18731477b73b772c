import { Text } from '@mantine/core';
import type { SegmentComparison } from '../../src/segments/compare.ts';
import { texts } from '../texts/texts.ts';
import { share } from '../ui/numbers.ts';
import classes from './overlap-picture.module.css';

export interface OverlapPictureProps {
  comparison: SegmentComparison;
  name: string;
  otherName: string;
}

/** Two segments as one bar: only here, in both, only there, as wide as they are many; and exactly below. */
export function OverlapPicture({ comparison: { users, otherUsers, both }, name, otherName }: OverlapPictureProps) {
  const { comparing } = texts.segments;
  const parts = [
    { part: 'here', users: users - both, label: comparing.only(name) },
    { part: 'both', users: both, label: comparing.both },
    { part: 'there', users: otherUsers - both, label: comparing.only(otherName) },
  ] as const;
  if (users + otherUsers === 0) return <Text size="sm">{comparing.nobody}</Text>;
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {parts.map(
          (each) => each.users > 0 && <div key={each.part} data-part={each.part} style={{ flexGrow: each.users }} />,
        )}
      </div>
      <dl className={classes.parts}>
        {parts.map(({ part, users: number, label }) => (
          <div key={part}>
            <dt>
              <span className={classes.key} data-part={part} aria-hidden />
              {label}
            </dt>
            <dd>{texts.users(number)}</dd>
          </div>
        ))}
      </dl>
      <Text size="sm" c="dimmed">
        {comparing.shares(shareOf(both, users), name, shareOf(both, otherUsers), otherName)}
      </Text>
    </div>
  );
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? texts.none : share(part / whole);
}
