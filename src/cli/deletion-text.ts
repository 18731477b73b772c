import type { JobAnswer, PreviewAnswer, SegmentAnswer } from './answers.ts';
import { coloured } from './output.ts';
import { about, count, counted, countedRows, duration, facts, inWords, listed, moment, share } from './text.ts';

/** What is about to go, what else is touched, what one should know: in the order and words of the console's dialog. */
export function previewText(segment: SegmentAnswer, preview: PreviewAnswer): string {
  const { users, rows } = preview;
  return [
    coloured('bold', `Delete all users in "${segment.name}"?`),
    '',
    `  ${coloured('bold', counted(users, 'user'))}, ${share(preview.shareOfDataset)} of this dataset. Permanently, with everything they own:`,
    `  ${ownedText(rows, users)}`,
    ...touched(preview),
    ...sample(preview),
    '',
    '  What you should know',
    '   • Deleted users cannot be recovered. Once started, the deletion cannot be stopped.',
    '   • The segment is disabled while it runs and stays disabled afterwards.',
    '   • Your data warehouse keeps its copy of their history.',
    '   • Reports computed from profiles will change from today.',
    '   • Not for GDPR or CCPA requests: those have their own look-up and deletion calls,',
    '     which also reach the warehouse.',
    '',
    `  It will take ${about(preview.estimatedSeconds)}${preview.estimateBasis === 'default' ? ' (a first guess: nothing was deleted here yet)' : ''}.`,
    ...(preview.erasure === 'scrub'
      ? ['  And then a scrub, which leaves no byte of them in the files of the database, and takes longer.']
      : []),
    ...(preview.blockedBy ? ['', `  Another deletion is running in this dataset: ${preview.blockedBy.job.id}.`] : []),
  ].join('\n');
}

/** Rows by kind. Of the memberships those of other segments: that everybody is in this one needs no saying. */
function ownedText({ profiles: _profiles, memberships = 0, ...rows }: Record<string, number>, users: number): string {
  const kinds = Object.entries(rows).map(([place, number]) => countedRows(number, place));
  const others = memberships - users;
  return [...kinds, ...(others > 0 ? [`${countedRows(others, 'memberships')} of other segments`] : [])].join(' · ');
}

function touched({ usedBy, overlaps }: PreviewAnswer): string[] {
  const lines = [
    ...usedBy.map(({ kind, name, state }) => `   ${capital(kind)} "${name}", ${state}, uses this segment`),
    ...overlaps.map(({ name, users }) => `   Segment "${name}" loses ${counted(users, 'user')}`),
  ];
  return lines.length > 0 ? ['', '  Also touched', ...lines] : [];
}

/** The cheapest guard against the wrong segment. */
function sample({ sample: some }: PreviewAnswer): string[] {
  const shown = some.slice(0, 5).map((user) => {
    const name = user.displayName ?? user.userId ?? user.identities[0]?.value ?? user.id;
    return `   ${name}${user.anonymous ? ' (anonymous)' : ''}, last active ${moment(user.lastActivity)}`;
  });
  return shown.length > 0 ? ['', '  Among them, the last active first', ...shown] : [];
}

/** What is written behind the bar of a job. */
export function jobNote(job: JobAnswer): string {
  if (job.state === 'completed') return 'done';
  if (job.failure)
    return `waiting to continue: ${job.failure.detail} Next try ${moment(job.failure.nextTryAt)}. Nothing is lost.`;
  if (job.heldBackBy) return `held back: ${job.heldBackBy}`;
  if (job.phase === 'verifying' || job.phase === 'completing') return 'checking that nothing is left';
  if (job.phase === 'scrubbing') return 'erasing what is left of them in the files of the database';
  if (job.phase === 'starting' || job.usersPerSecond === null) return 'starting';
  const left = job.secondsLeft === null ? '' : ` · ${about(job.secondsLeft)} left`;
  return `${count(job.usersPerSecond)}/s${left}`;
}

/** The proof of a completed job, and what comes next. */
export function completedText(job: JobAnswer, dataset: string, segmentId: string): string {
  const { users, startedAt, completedAt, verified } = job;
  const seconds = completedAt ? (Date.parse(completedAt) - Date.parse(startedAt)) / 1000 : 0;
  const places = Object.keys(verified?.leftovers ?? {}).map(inWords);
  const left = Object.values(verified?.leftovers ?? {}).reduce((sum, rows) => sum + rows, 0);
  return [
    coloured(
      'green',
      `✓ ${users === 1 ? 'The 1 user was' : `All ${count(users)} users were`} permanently deleted on ${moment(completedAt)}, in ${duration(seconds)}.`,
    ),
    `  Proven: ${counted(left, 'row')} of them left in ${listed(places)}.`,
    '  The segment is disabled. Nobody joins until somebody enables it:',
    `    lethe segments enable ${segmentId} --dataset ${dataset}`,
    '  The signed receipt:',
    `    lethe deletions receipt ${job.id} --dataset ${dataset} --output receipt.jws`,
  ].join('\n');
}

/** A job at this moment, as facts. */
export function jobText(job: JobAnswer): string {
  return facts([
    ['Deletion', job.id],
    ['Segment', `${job.segment.name} (${job.segment.id})`],
    ['State', stateText(job)],
    ['Deleted', `${count(job.deleted)} of ${counted(job.users, 'user')}`],
    ['Erasure', erasureText(job)],
    ['Requested by', job.requestedBy.name],
    ['Started', moment(job.startedAt)],
    ['Completed', moment(job.completedAt)],
  ]);
}

function erasureText({ erasure, scrub }: JobAnswer): string {
  return scrub ? `${erasure}, ${scrub.tables} of ${counted(scrub.of, 'table')} written anew` : erasure;
}

export function stateText(job: JobAnswer): string {
  if (job.state === 'completed') return 'completed';
  return job.state === 'failing' ? `waiting to continue (${job.percent} %)` : `running (${job.percent} %)`;
}

function capital(word: string): string {
  return word.replace(/^./, (first) => first.toUpperCase());
}
