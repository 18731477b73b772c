import { count } from '../../ui/numbers.ts';

/** "1 user", "18,196 users". */
export function users(number: number): string {
  return number === 1 ? '1 user' : `${count(number)} users`;
}

export const general = {
  actions: {
    cancel: 'Cancel',
    close: 'Close',
    copied: 'Copied',
    copy: 'Copy',
    copyOf: (what: string) => `Copy ${what}`,
    tryAgain: 'Try again',
    save: 'Save',
    more: 'Show more',
  },
  waitingFor: (what: string) => `Waiting for ${what}…`,
  users,
  unsaved: {
    title: 'Leave without saving?',
    text: 'What you changed here is not saved.',
    leave: 'Leave without saving',
  },
  following: {
    on: 'Following live',
    off: 'Standing still',
    pause: 'Pause',
    resume: 'Follow live',
    readAt: 'This list was read',
    readAgain: 'Read again',
  },
  none: '–',
  breadcrumbs: 'Where this is',
  problems: {
    unreachable: 'The server does not answer. Nothing was lost; try again in a moment.',
    unexpected: (status: number) => `The server answered with the status ${status} and gave no reason.`,
    ofPage: (what: string) => `This page could not do that (${what}). Reload it and try again.`,
    notFoundTitle: 'Nothing here',
    notFound: 'There is no screen at this address, or what it shows is gone.',
    toStart: 'Go to the start page',
  },
  table: {
    columns: 'Columns',
    search: 'Search',
    nothingFound: 'Nothing matches.',
  },
} as const;
