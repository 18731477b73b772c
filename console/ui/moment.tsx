import { briefTimeAgo, localDate, localExactMoment, localMoment, localSecond, timeAgo, utcMoment } from './moments.ts';
import { useNow } from './now.ts';

const forms = { moment: localMoment, exact: localExactMoment, second: localSecond, date: localDate };
const formsAgo = { ago: timeAgo, brief: briefTimeAgo };

/** A moment in the reader's time zone, with UTC on hover; or how long ago it was, which goes on counting. */
export function Moment({ at, as = 'moment' }: { at: string; as?: keyof typeof forms | keyof typeof formsAgo }) {
  if (as === 'ago' || as === 'brief') return <MomentAgo at={at} as={as} />;
  return (
    <time dateTime={at} title={utcMoment(at)}>
      {forms[as](at)}
    </time>
  );
}

function MomentAgo({ at, as }: { at: string; as: keyof typeof formsAgo }) {
  // The clock of the page steps, and the server's may be ahead of it: what has just been is never in the future.
  const now = Math.max(useNow(), Date.parse(at));
  return (
    <time dateTime={at} title={`${localExactMoment(at)} · ${utcMoment(at)}`}>
      {formsAgo[as](at, now)}
    </time>
  );
}
