import { count } from '../../ui/numbers.ts';
import { users } from './general.ts';

function lines(number: number): string {
  return number === 1 ? '1 line' : `${count(number)} lines`;
}

const requests = {
  title: 'Requests',
  description: 'Look up and delete the people who asked for it: GDPR, CCPA.',
  notAllowed:
    'Answering privacy requests looks up and deletes people by a list, so it needs the Administrator role. Ask an administrator to answer them.',
  list: {
    title: 'Who asked',
    text: 'An e-mail address, user id or any other identity on each line, up to 10,000 at a time. A CSV file may name its column in the first line: “name” for any identity, or “identity:email” for one type only; other columns are left aside.',
    field: 'Identities, one on each line',
    placeholder: 'ada@example.com\nC-1024',
    column: 'Each line is',
    anyIdentity: 'Any identity',
    choose: 'Choose a CSV file',
    drop: 'or drop one on the field',
    ownHeader: (column: string) => `The first line names the column: “${column}”.`,
    read: (number: number) => `${lines(number)} to look up.`,
    lookUp: 'Look up',
    clear: 'Clear',
    problems: {
      empty: 'There is no identity in the list yet.',
      columns:
        'The first line has several columns, and none is called “name” or “identity:<type>”. Call the column of the identities so, or leave only them, one on each line.',
      twoColumns:
        'The first line names several columns of identities. Keep exactly one called “name” or “identity:<type>”.',
      csv: 'The list cannot be read as CSV: a quotation mark is never closed. Correct it, or leave only the identities, one on each line.',
      encoding: 'The file is not text in UTF-8. Save it as CSV in UTF-8 and choose it again.',
      tooLarge: 'The file has more than 10 MB. Split it, and answer the parts one after the other.',
      unreadable: 'The file could not be read. Choose it again.',
    },
  },
  found: {
    title: 'Who was found',
    text: 'Nothing is changed by looking. A user opens in a new window, so that the list stays here.',
    summary: (found: number, unknown: number, all: number) =>
      `${users(found)} found by ${lines(all - unknown)}; ${
        unknown === 0 ? 'no line is unknown.' : `${lines(unknown)} unknown: nobody here has that identity.`
      }`,
    none: 'Nobody on the list is a user of this dataset, so there is nothing to delete.',
    label: 'Outcome of each line',
    column: { line: 'Line', identity: 'Identity', outcome: 'Outcome', user: 'User', lastActivity: 'Last activity' },
    outcomes: { found: 'Found', unknown: 'Unknown' },
    download: 'Download what was found',
    failed: 'Nobody was looked up.',
    file: (day: string) => `privacy-look-up-${day}.csv`,
  },
  deletion: {
    title: 'Delete them',
    text: 'Permanent, and not a bulk deletion: it is done when it answers.',
    reaches:
      'Deleted is each user who was found, with everything that is kept about them: identities, attributes, events, visits, orders and memberships of segments.',
    cannot: 'Deleted users cannot be recovered.',
    notReached:
      'Not reached: what was exported or copied out of Lethe before, and backups until they expire. Answer for those where they are.',
    comesBack: 'If somebody comes back, or a source sends them again, a new user begins. Stop the source first.',
    audit: 'The audit keeps who asked, when, and how many; never anything of the list.',
    confirm: (number: number) => `Delete ${users(number)}`,
    changed: (now: number, before: number) =>
      now === before
        ? 'The list now finds other users than when you looked them up. See who was found, and confirm again.'
        : `The list now finds ${users(now)}, not ${count(before)} as when you looked them up. See who was found, and confirm again.`,
    failed: 'Perhaps not everybody is deleted. Delete again: whoever is gone already is then unknown.',
  },
  outcome: {
    title: 'Outcome',
    summary: (deleted: number, requested: number) => `${users(deleted)} deleted, ${lines(requested)} requested.`,
    keep: 'Download the outcome if you need it: nothing of it stays when you leave this screen.',
    outcomes: { deleted: 'Deleted', unknown: 'Unknown' },
    download: 'Download the outcome',
    file: (day: string) => `privacy-outcome-${day}.csv`,
    again: 'Answer other requests',
  },
} as const;

const whichDeletion = {
  title: 'Which deletion do I need?',
  description: 'Five ways to take something away. Find what you want to achieve; the first four delete users for good.',
  use: 'Use',
  who: 'Who may',
  reaches: 'Reaches',
  undone: 'Can be undone',
  no: 'No',
  and: ' or ',
  roles: {
    administrator: 'Administrator',
    editor: 'Editor',
    campaignAuthor: 'Campaign Author',
    analyst: 'Analyst',
    viewer: 'Viewer',
  },
  ways: {
    bulk: {
      want: 'All users of a segment should go',
      example: 'Stale visitors, staff traffic, people gone for two years.',
      use: 'Delete All Users in Segment, on the segment’s screen. It runs as one job, shows its progress, proves at its end that nothing is left, and signs a receipt.',
      reaches: 'Everybody in the segment when it starts, with everything they own. The segment is disabled and stays.',
      go: 'Go to User Segments',
    },
    requests: {
      want: 'A few people asked to be deleted',
      example: 'GDPR or CCPA requests, with an e-mail address or a customer number each.',
      use: 'Requests, under Privacy. Look the list up first, then delete; every line has its outcome.',
      reaches: 'Everybody on the list, at once, with everything they own.',
      go: 'Go to Requests',
    },
    user: {
      want: 'One user should go',
      example: 'A test account, a duplicate, somebody you have in front of you.',
      use: 'Delete User, on the user’s own screen.',
      reaches: 'This one user, at once, with everything that is kept.',
      go: 'Go to All Users',
    },
    import: {
      want: 'A bad import should be undone',
      example: 'The wrong file, the wrong column, the wrong dataset.',
      use: 'Make a segment of the users that the import created, on the import’s screen; look at it; then Delete All Users in Segment.',
      reaches:
        'The users that the import created, with everything they own. Users who were here before keep what the import added to them.',
      whoToo: 'An Editor may make the segment.',
      go: 'Go to Imports',
    },
    segment: {
      want: 'Only the segment should go, not its users',
      example: 'A group that nobody uses any more.',
      use: 'Delete segment, in the menu on the segment’s screen.',
      reaches: 'The segment and its memberships. Its users stay as they are.',
      undone: 'No, but a segment with the same rule can be made again',
      go: 'Go to User Segments',
    },
  },
  notes: {
    title: 'True of every deletion of users',
    permanent: 'A deleted user cannot be recovered, and a running bulk deletion cannot be stopped.',
    copies: 'Copies outside Lethe are not reached: files that were exported, and backups until they expire.',
    comesBack: 'Nobody is kept away. If somebody comes back, or a source sends them again, a new user begins.',
  },
} as const;

export const privacy = { requests, whichDeletion } as const;
