import { Anchor, Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { UserItem } from '../../../src/profiles/user-items.ts';
import { Problem } from '../../api/problem.ts';
import { texts } from '../../texts/texts.ts';
import { Moment } from '../../ui/moment.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import classes from './rule-builder.module.css';
import type { Previewed } from './rule-preview.ts';

export interface CountPanelProps {
  dataset: string;
  previewed: Previewed;
  /** Why there is nothing to count, where that is so. */
  nothing: string | undefined;
}

/** Who matches now: the exact number, and some of them. */
export function CountPanel({ dataset, previewed, nothing }: CountPanelProps) {
  const { count } = texts.rules;
  const { preview, isCurrent, error, retry } = previewed;
  const isRefused = error instanceof Problem && error.status === 422;
  return (
    <section className={classes.panel} aria-label={count.title}>
      <h3 className={classes.panelTitle}>{count.title}</h3>
      <div role="status" className={classes.count} data-stale={!isCurrent || undefined}>
        {nothing ?? (error ? isRefused ? count.refused : '' : <Figure previewed={previewed} />)}
      </div>
      {error && !isRefused && <ProblemNotice error={error} title={count.notCounted} retry={retry} />}
      {!nothing && !error && preview && preview.sample.length > 0 && (
        <Sample dataset={dataset} users={preview.sample} />
      )}
    </section>
  );
}

function Figure({ previewed: { preview, isCurrent } }: { previewed: Previewed }) {
  const { count } = texts.rules;
  if (!preview) return count.counting;
  return (
    <>
      <strong className={classes.figure}>{count.users(preview.users)}</strong>
      <span>{isCurrent ? '' : count.counting}</span>
    </>
  );
}

function Sample({ dataset, users }: { dataset: string; users: readonly UserItem[] }) {
  const { count } = texts.rules;
  const [opened, { toggle }] = useDisclosure(false);
  return (
    <>
      <div>
        <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={opened}>
          {opened ? count.hideSample : count.showSample(users.length)}
        </Button>
      </div>
      <Collapse expanded={opened}>
        <ul className={classes.sample} aria-label={count.sample}>
          {users.map((user) => (
            <li key={user.id}>
              <Anchor
                size="sm"
                renderRoot={(props) => (
                  <Link {...props} to="/datasets/$ds/users/$user" params={{ ds: dataset, user: user.id }} />
                )}
              >
                {user.displayName ?? user.userId ?? user.identities[0]?.value ?? user.id}
              </Anchor>
              <span className={classes.beside}>
                {user.lastActivity === null ? count.never : <Moment at={user.lastActivity} as="ago" />}
              </span>
            </li>
          ))}
        </ul>
      </Collapse>
    </>
  );
}
