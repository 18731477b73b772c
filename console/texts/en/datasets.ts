import { count } from '../../ui/numbers.ts';
import { users } from './general.ts';

export const datasets = {
  new: {
    title: 'New dataset',
    description:
      'A dataset is one isolated world: its own users, segments, imports and jobs. Nothing passes between datasets.',
    id: 'ID',
    idHint:
      'Stands in every address and call, and cannot be changed: small letters, digits, “_” and “-”, a letter first.',
    idWrong: 'An ID is a small letter, then up to 39 small letters, digits, “_” or “-”.',
    name: 'Name',
    nameHint: 'What people read. “Shop”, say.',
    type: 'Type',
    typeHint: 'Tells people which one they are in. It changes nothing in how the dataset works.',
    types: {
      production: 'Real users of the real thing.',
      staging: 'What will be production next, with data that is like it.',
      qa: 'For tests of people and programs.',
      development: 'For those who build; may be broken at any time.',
    },
    create: 'Create dataset',
    refused: 'The dataset was not created',
  },
  settings: {
    title: 'Settings',
    ofDataset: (name: string) => `What holds in the dataset ${name}.`,
    edit: 'Edit',
    editOf: (name: string) => `Edit ${name}`,
    search: 'Search by name',
    shown: (shown: number, all: number) => `${count(shown)} of ${count(all)} shown; search for the others.`,
    description: 'Description',
    descriptionHint: 'For whoever writes a rule or maps a file. At most 500 characters.',
    users: 'Users',
    notSaved: 'It was not saved',
  },
  attributes: {
    title: 'Attributes',
    hint: 'What is known of users. Attributes come with the data; defining one says what it is meant to hold, which the rule builder then offers first. Values stay as they are.',
    what: 'the attributes of all users',
    empty: 'No attribute yet. They appear with the first event or import that brings one, or when one is defined.',
    define: 'Define attribute',
    defineTitle: 'Define an attribute',
    editTitle: (name: string) => `The attribute ${name}`,
    name: 'Name',
    nameHint: 'Exactly as in the data.',
    kind: 'Defined as',
    inUse: 'Values in use',
    kinds: { text: 'Text', number: 'Number', boolean: 'Yes or no', date: 'Date', list: 'List', other: 'Other' },
    inUseOf: { text: 'text', number: 'number', boolean: 'yes or no', list: 'list', other: 'other' },
    save: 'Save definition',
    undefine: 'Take definition back',
    undefineTitle: (name: string) => `Take the definition of “${name}” back?`,
    undefineText: (number: number) =>
      number === 0
        ? 'No user has this attribute: it is no longer listed until one does.'
        : `Only what was said of it goes. ${users(number)} keep their values.`,
  },
  identities: {
    title: 'Identity types',
    hint: 'What users are known by. A pair of type and value names at most one user.',
    what: 'the identities of all users',
    type: 'Type',
    identities: 'Identities',
    builtIn: 'Built in',
    define: 'Define identity type',
    defineTitle: 'Define an identity type',
    editTitle: (type: string) => `The identity type ${type}`,
    typeHint: 'A letter, then up to 39 letters, digits, “_” or “-”. Imports name it as identity:<type>.',
    save: 'Save identity type',
    undefine: 'Take description back',
    undefineTitle: (type: string) => `Take the description of “${type}” back?`,
    undefineText: (number: number) =>
      number === 0
        ? 'No user has an identity of this type: it is no longer listed until one does.'
        : `Only what was said of it goes. ${users(number)} keep their identities.`,
  },
  limits: {
    title: 'Limits',
    hint: 'Beyond a limit a call is refused as a whole, with an error that names the limit. The operator changes one with its setting and a restart.',
    what: 'the limits',
    name: 'Limit',
    used: 'Used',
    most: 'At most',
    setting: 'Setting',
    usedOf: (used: number, most: number) => `${count(used)} of ${count(most)}`,
    names: {
      ruleSegments: 'Rule-based segments that are enabled',
      listSegments: 'Manual segments and subscriber lists',
      attributesPerProfile: 'Attributes of one user',
      eventBytes: 'Size of one event',
      batchBytes: 'Size of one batch of events',
      datasets: 'Datasets of this installation',
    } as Record<string, string>,
  },
  dataset: {
    title: 'Dataset',
    id: 'ID',
    name: 'Name',
    type: 'Type',
    created: 'Created',
    deleteTitle: 'Delete this dataset',
    deleteHint: 'Permanently, with everybody and everything in it. Other datasets are not touched.',
    delete: 'Delete dataset',
    dialog: (name: string) => `Delete the dataset “${name}”?`,
    what: 'what would go',
    goes: 'Permanently deleted with it:',
    goesToo:
      'Its imports, the receipts of its deletions, its roles and its write keys go too. This cannot be undone, and no copy is kept here.',
    keepReceipts: 'Download receipts of deletions first if you may have to show them.',
    figures: { users: 'Users', events: 'Events', identities: 'Identities', segments: 'Segments' },
    typeId: (id: string) => `Type ${id} to confirm`,
    refused: 'The dataset was not deleted',
    running:
      'A bulk deletion is running in this dataset, and it has to be completed before the dataset can go. Try again when it is.',
  },
} as const;
