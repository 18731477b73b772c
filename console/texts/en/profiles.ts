import { count } from '../../ui/numbers.ts';
import { users } from './general.ts';

/** Up to how many of something a screen lists, where there are more. */
function lastOf(shown: number, all: number, what: string): string {
  return `The last ${count(shown)} of ${count(all)} ${what}.`;
}

const list = {
  title: 'All Users',
  export: 'Export all users',
  import: 'Import users',
  inDataset: 'In this dataset now',
  users: 'Users',
  named: 'Named',
  anonymous: 'Anonymous',
  events: 'Events',
  orders: 'Orders',
  revenue: 'Revenue',
  search: 'Search users',
  searchHint: 'A part of any identity, or Lethe’s id',
  order: 'Order',
  sorts: { came: 'As they came', lastActivity: 'Last active first' },
  matches: (number: number) => (number === 0 ? 'No user matches.' : `${users(number)} found.`),
  matchesSoFar: (number: number) => `The first ${users(number)} found; scroll for more.`,
  tooSlow:
    'The search took too long and was given up. Search for a longer part of the identity, or within a segment, which holds fewer users.',
  column: {
    name: 'Name',
    kind: 'Kind',
    identities: 'Identities',
    firstActivity: 'First activity',
    lastActivity: 'Last activity',
    segments: 'Segments',
  },
} as const;

const none = {
  title: 'No users yet',
  text: 'A user appears with the first event or import that names somebody.',
  send: 'An event, as a program would send it:',
  sendName: 'the command that sends an event',
  needsKey: 'To send events, a program needs a write key, which is made in Sources.',
  toSources: 'Go to Sources',
  file: 'The quickest way to bring many is a file: a row per event or per user, as CSV or NDJSON.',
  askEditor: 'Importing needs the Editor or Administrator role. Ask a member who has it to bring the first users.',
  command: 'Or from the command line, after lethe login:',
  commandLine: (dataset: string) => `lethe import users.csv --kind users --dataset ${dataset}`,
  commandName: 'command',
  waiting: 'Waiting for the first event…',
} as const;

const user = {
  named: 'Named',
  anonymous: 'Anonymous',
  windowTitle: (id: string) => `User ${id}`,
  parts: 'About this user',
  tabs: {
    overview: 'Overview',
    attributes: 'Attributes',
    identities: 'Identities',
    events: 'Events',
    visits: 'Visits',
    orders: 'Orders',
    segments: 'Segments',
  },
  figures: { label: 'Of all time', events: 'Events', orders: 'Orders', visits: 'Visits', revenue: 'Revenue' },
  about: 'About',
  displayName: 'Display name',
  id: 'Lethe’s id',
  userId: 'User ID',
  anonymousIds: 'Anonymous IDs',
  moreIdentities: (number: number) => `${count(number)} more`,
  firstActivity: 'First activity',
  lastActivity: 'Last activity',
  created: 'Here since',
  updated: 'Last changed',
  actions: 'Actions',
  actionColumns: { action: 'Action', count: 'Times', first: 'First', last: 'Last' },
  noActions: 'No event of this user has been received.',
  goneTitle: 'No such user',
  gone: (id: string) =>
    `There is no user ${id} in this dataset. The user was deleted, or was merged into another one when both turned out to be the same person.`,
  goneSearch: 'If you know an e-mail address or another identity, search for it among all users.',
  toUsers: 'Go to All Users',
  notRead: 'What is kept about this user could not be read.',
} as const;

const attributes = {
  none: 'Nothing is known about this user but the identities.',
  label: 'Attributes',
  column: { name: 'Attribute', value: 'Value', source: 'Source', trust: 'Trust', updated: 'Since' },
  sources: { import: 'Import' } as Readonly<Record<string, string>>,
  trusted: 'Trusted',
  untrusted: 'From a page',
  note: 'Where sources disagree, a trusted one (an import, a token) wins over a page; among equals the newest.',
} as const;

const identities = {
  label: 'Identities',
  column: { type: 'Type', value: 'Value' },
  copyName: (type: string) => `the ${type}`,
} as const;

const events = {
  label: 'Events, newest first',
  filter: 'Action',
  all: (number: number) => `All actions (${count(number)})`,
  one: (action: string, number: number) => `${action} (${count(number)})`,
  none: 'No event of this user has been received.',
  noneOfAction: 'This user has no event of this action.',
  received: 'Received',
  id: 'Event id',
  noProperties: 'No properties',
  waitingFor: 'the events',
} as const;

const visits = {
  label: 'Visits, newest first',
  none: 'This user has not visited.',
  last: (shown: number, all: number) => lastOf(shown, all, 'visits'),
  column: { index: 'Visit', start: 'Started', lastEvent: 'Last event', duration: 'Duration' },
  note: 'A visit is a run of events with gaps of at most 30 minutes.',
} as const;

const orders = {
  label: 'Orders, newest first',
  none: 'This user has not ordered.',
  last: (shown: number, all: number) => lastOf(shown, all, 'orders'),
} as const;

const segments = {
  label: 'Segments',
  none: 'This user is in no segment.',
  column: { name: 'Segment', state: 'State', joined: 'Since' },
  enabled: 'Enabled',
  disabled: 'Disabled',
} as const;

const deletion = {
  button: 'Delete User',
  title: (name: string) => `Delete ${name}?`,
  goes: 'Permanently, with everything that is kept about this user:',
  attributes: (number: number) =>
    number === 1 ? 'The profile holds 1 attribute.' : `The profile holds ${count(number)} attributes.`,
  orders: (number: number) =>
    number === 1 ? 'One of the events is an order.' : `${count(number)} of the events are orders.`,
  permanent: 'A deleted user cannot be recovered.',
  comesBack: 'If this person comes back, or a source sends them again, a new user begins.',
  notPrivacy:
    'This is not the privacy tool: to answer GDPR or CCPA requests use Privacy → Requests, which takes a list and says the outcome of each line.',
  whichDeletion: 'Which deletion do I need?',
  confirm: 'Delete user',
  doneTitle: 'The user was deleted',
  done: (id: string) => `User ${id} was permanently deleted. These rows went:`,
} as const;

export const profiles = {
  list,
  none,
  user,
  attributes,
  identities,
  events,
  visits,
  orders,
  segments,
  deletion,
} as const;
