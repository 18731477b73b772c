import { count } from '../../ui/numbers.ts';
import { users } from './general.ts';
import { create, setup } from './segment-setup.ts';

/** "1 segment", "3 segments". */
function segmentsOf(number: number): string {
  return number === 1 ? '1 segment' : `${count(number)} segments`;
}

function changes(joined: number, left: number, deleted: number): string {
  return `${count(joined)} joined, ${count(left)} left, ${count(deleted)} deleted`;
}

export const segments = {
  setup,
  create,
  title: 'User Segments',
  kinds: { rule: 'Rule', manual: 'Manual', subscriberList: 'Subscriber list' },
  kindsExplained: {
    rule: 'Rule, kept current in real time',
    manual: 'Manual, a list that is changed by hand',
    subscriberList: 'Subscriber list, fed from outside',
  },
  computing: 'computing…',
  deleting: 'deleting',
  disabledByHand: 'disabled by hand',
  disabledByDeletion: 'disabled: deletion finished',
  whyLocked:
    'All users of this segment are being deleted. It can be looked at, and changed again when the deletion is complete.',

  newSegment: 'New segment',
  open: 'Open',
  clone: 'Clone',
  move: 'Move to a folder',
  delete: 'Delete segment',
  more: 'More actions',

  list: {
    label: 'Segments',
    loading: 'the segments',
    search: 'Search segments',
    searchHint: 'A part of the name, or the ID',
    folder: 'Folder',
    allFolders: 'All folders',
    noFolder: 'No folder',
    showDisabled: 'Show Disabled',
    columns: 'Columns',
    found: (shown: number, all: number) => (shown === all ? segmentsOf(all) : `${count(shown)} of ${segmentsOf(all)}`),
    name: 'Name',
    kind: 'Kind',
    users: 'Users',
    changes: '7 days',
    changesInMenu: 'Joined and left in 7 days',
    usedBy: 'Used by',
    changed: 'Last changed',
    id: 'ID',
    lastDays: (days: number, joined: number, left: number, deleted: number) =>
      `Last ${count(days)} days: ${changes(joined, left, deleted)}`,
    notUsed: '–',
    usedBySegments: segmentsOf,
    nothingFound: 'No segment matches.',
    allDisabled: 'All segments are disabled. Turn on Show Disabled to see them.',
    showAll: 'Show all segments',
    select: 'Select a segment to see what it is, what uses it and how it changed.',
  },

  none: {
    title: 'No segments yet',
    text: 'A segment is a group of users: those who match a rule, kept current in real time, or those on a list.',
    readyMade: 'Three to begin with:',
    forViewers: 'An editor can make one.',
  },
  readyMade: {
    inactive: 'No visit for 24 months',
    anonymousOneVisit: 'Anonymous, one visit',
    staff: 'Staff',
  },

  pane: {
    label: (name: string) => `About ${name}`,
    overview: 'Overview',
    usedBy: 'Used by',
    history: 'History',
    kind: 'Kind',
    users: 'Users',
    folder: 'Folder',
    created: 'Created',
    changed: 'Last changed',
    by: (name: string) => `by ${name}`,
    rule: 'Rule',
    notUsed: 'Nothing uses this segment.',
    usedIn: 'The rules of these segments name it:',
    noChange: 'Nobody joined, left or was deleted in the last 7 days.',
    deletions: 'Bulk deletions',
    noDeletion: 'Its users were never deleted in bulk.',
    deletion: (number: number) => `${users(number)} deleted`,
    deletionRunning: (deleted: number, all: number) => `deleting: ${count(deleted)} of ${users(all)}`,
    moreDeletions: 'All deletions of this segment',
  },

  moving: {
    title: (name: string) => `Move “${name}” to a folder`,
    folder: 'Folder',
    newFolder: 'New folder…',
    name: 'Name of the new folder',
    action: 'Move segment',
  },
  removing: {
    title: (name: string) => `Delete the segment “${name}”?`,
    text: 'The segment and its history go. Its users stay, in the dataset and in their other segments.',
    history: 'What is kept: the receipts of its bulk deletions, and the audit.',
    inUse: 'It cannot be deleted, because the rules of these segments name it. Change or delete them first:',
    done: (name: string) => `The segment “${name}” is deleted.`,
  },

  header: {
    tabs: 'Parts of this segment',
    users: 'Users',
    membership: 'Membership',
    deletions: 'Deletions',
    setup: 'Setup',
    created: 'created',
    by: (name: string) => `by ${name}`,
    id: 'the ID',
  },

  users: {
    label: 'Users of this segment',
    loading: 'the users',
    name: 'Name',
    identities: 'Identities',
    state: 'Known as',
    named: 'Named',
    anonymous: 'Anonymous',
    firstActivity: 'First activity',
    lastActivity: 'Last activity',
    actions: 'Actions',
    search: 'Search users',
    searchHint: 'A part of any identity, or Lethe’s id',
    order: 'Order',
    inOrderOfComing: 'As they came',
    byActivity: 'Last active first',
    export: 'Export as CSV',
    nothingFound: 'No user of this segment matches.',
    none: 'Nobody is in this segment.',
    noneComputing: 'The users are being computed.',
    noneOnList: 'Nobody is on this list yet. Add users by their identities.',
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name} from this list`,
    removed: (name: string) => `${name} is no longer on this list.`,
    notRemoved: 'The user was not removed.',
  },
  adding: {
    open: 'Add users',
    disabled: 'This list is disabled, so nobody joins it. Enable it to add users.',
    title: (name: string) => `Add users to “${name}”`,
    lines: 'Identities',
    hint: 'One a line: a user ID, a customer ID, an e-mail address, any identity, or the ID of Lethe. Users who are not there are not created.',
    tooMany: (lines: number, most: number) =>
      `${count(lines)} lines. At most ${count(most)} can be added at once; take the rest in a second go.`,
    action: (lines: number) => (lines === 0 ? 'Add users' : `Add ${lines === 1 ? '1 user' : `${count(lines)} users`}`),
    notAdded: 'Nobody was added.',
    outcomes: 'What became of each line',
    line: 'Line',
    outcome: 'Outcome',
    outcomeOf: {
      added: 'Added',
      alreadyIn: 'Already on the list',
      unknown: 'No such user',
      removed: 'Removed',
      notIn: 'Not on the list',
    },
    summary: (added: number, alreadyIn: number, unknown: number) =>
      `${count(added)} added, ${count(alreadyIn)} already on the list, ${count(unknown)} unknown.`,
    again: 'Add more',
  },

  membership: {
    title: 'Joined, left and deleted by day',
    loading: 'the history',
    range: 'Range',
    days: (days: number) => `${count(days)} days`,
    totals: (days: number, joined: number, left: number, deleted: number) =>
      `In ${count(days)} days: ${changes(joined, left, deleted)}.`,
    utc: 'Days are UTC days.',
    clock: (delay: string) =>
      `The rule looks at the time, so users join and leave without an event too, at most ${delay} after their moment has come.`,
    joined: 'Joined',
    left: 'Left',
    deleted: 'Deleted',
    day: 'Day',
    table: 'Joined, left and deleted by day',
    showTable: 'Show as a table',
    hideTable: 'Hide the table',
    nothing: (days: number) => `Nobody joined, left or was deleted in the last ${count(days)} days.`,
  },
  comparing: {
    title: 'Compare with another segment',
    loading: 'the comparison',
    other: 'Other segment',
    choose: 'Choose a segment',
    clear: 'Compare with no segment',
    none: 'There is no other segment to compare with.',
    gone: 'The segment to compare with is gone. Choose another one.',
    computing: (name: string) => `“${name}” is being computed. The comparison follows as soon as its users are known.`,
    only: (name: string) => `Only in ${name}`,
    both: 'In both',
    shares: (ofHere: string, here: string, ofThere: string, there: string) =>
      `In both are ${ofHere} of ${here} and ${ofThere} of ${there}.`,
    nobody: 'Both segments are empty.',
  },
} as const;
