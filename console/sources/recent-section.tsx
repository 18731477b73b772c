import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RecentMessageItem } from '../../src/events/recent-message-routes.ts';
import { Section } from '../datasets/section.tsx';
import { texts } from '../texts/texts.ts';
import { EndlessList } from '../ui/endless-list.tsx';
import { Following } from '../ui/following.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { recentMessagesQuery } from './source-queries.ts';
import classes from './sources.module.css';

const words = texts.sources.recent;

/** What was received last, as it comes. */
export function RecentSection({ dataset }: { dataset: string }) {
  const [isFollowing, setIsFollowing] = useState(true);
  const { data, error, refetch } = useQuery(recentMessagesQuery(dataset, isFollowing));
  return (
    <Section
      title={words.title}
      hint={words.hint}
      actions={data && data.length > 0 && <Following isFollowing={isFollowing} onChange={setIsFollowing} />}
    >
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={3} />}
      {data?.length === 0 && <WaitingForFirst />}
      {data && data.length > 0 && (
        <EndlessList label={words.list} items={data} total={data.length} idOf={numberOf}>
          {(message) => <Message dataset={dataset} message={message} />}
        </EndlessList>
      )}
    </Section>
  );
}

const numberOf = ({ no }: RecentMessageItem) => String(no);

function WaitingForFirst() {
  return (
    <div className={classes.waiting} role="status">
      <strong>{words.waiting}</strong> {words.waitingHint}
    </div>
  );
}

/** A message in one line: when, what, how, and what became of it. */
function Message({ dataset, message }: { dataset: string; message: RecentMessageItem }) {
  const { at, type, action, source } = message;
  return (
    <div className={classes.message}>
      <span className={classes.at}>
        <Moment at={at} as="second" />
      </span>
      <span className={classes.name}>{action ?? type ?? words.unreadable}</span>
      <span className={classes.quiet}>{action === null || type === null ? source : words.ofType(type, source)}</span>
      <Outcome dataset={dataset} message={message} />
    </div>
  );
}

/** Whom it was about, or why it was not taken. */
function Outcome({ dataset, message: { user, refused } }: { dataset: string; message: RecentMessageItem }) {
  if (refused) return <span className={classes.refused}>{words.refused(refused.detail)}</span>;
  if (user === null) return <span className={classes.quiet}>{words.duplicate}</span>;
  return (
    <span>
      <Anchor
        inherit
        renderRoot={(props) => <Link {...props} to="/datasets/$ds/users/$user" params={{ ds: dataset, user }} />}
      >
        {user}
      </Anchor>
    </span>
  );
}
