import { localDate, localExactMoment, localMoment, timeAgo, utcMoment } from './moments.ts';

const forms = { moment: localMoment, exact: localExactMoment, date: localDate, ago: timeAgo };

/** A moment in the reader's time zone, with UTC on hover. */
export function Moment({ at, as = 'moment' }: { at: string; as?: keyof typeof forms }) {
  return (
    <time dateTime={at} title={as === 'ago' ? `${localExactMoment(at)} · ${utcMoment(at)}` : utcMoment(at)}>
      {forms[as](at)}
    </time>
  );
}
