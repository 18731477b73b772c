/** What a segment is set up to be, and how a new one is made. */
export const setup = {
  name: 'Name',
  noName: 'A segment needs a name.',
  folder: 'Folder',
  enabled: 'Enabled',
  enabledHint: {
    rule: 'While it is enabled, users join and leave as they match the rule. Disabled, it stays as it is.',
    list: 'While it is enabled, users can be added. Disabled, nobody joins.',
  },
  yes: 'Yes',
  no: 'No',
  consequences: {
    afterDeletion:
      'A bulk deletion disabled this segment. When you save, its membership is computed anew: everybody who matches the rule then joins.',
    byHand: 'When you save, its membership is computed anew over all history.',
    list: 'When you save, the list is in use again as it is: nobody is added.',
    disabling: 'When you save, nobody joins or leaves any more, except by deletion or a merge.',
    ruleChanged:
      'When you save, the users are computed anew over all history. Until they are known the segment holds whom it held.',
  },
  rule: 'Rule',
  ruleMissing: 'The rule is not complete. What is missing stands at its conditions.',
  computing: 'The users of this segment are being computed. Until they are known it holds whom it held before.',
  list: 'A list has no rule: its users are added and removed on the tab Users.',
  save: 'Save segment',
  discard: 'Discard changes',
  unsaved: 'Not saved yet.',
  unsavedWhileDeleting:
    'Not saved, because the users of this segment are being deleted. What you changed stays here; save it when the deletion is complete.',
  saved: 'Saved.',
  notSaved: 'The segment was not saved.',
  readOnly: 'You can look at this segment. Changing it needs the Editor role.',
  deleting: 'Deleting users needs the Administrator role.',
  remove: 'Delete segment',
  removeText: 'The segment goes, its users stay.',
} as const;

export const create = {
  title: 'New segment',
  cloneTitle: 'Clone segment',
  copyOf: (name: string) => `Copy of ${name}`,
  loading: 'the segment to clone',
  notCloned: 'The segment to clone could not be read.',
  listIsEmpty: 'A copy of a list begins empty: users are not copied.',
  kind: 'Kind',
  kinds: {
    rule: { name: 'Rule-based', text: 'Everybody who matches a rule. Kept current in real time.' },
    manual: { name: 'Manual', text: 'A fixed list: you add and remove users yourself.' },
    subscriberList: { name: 'Subscriber list', text: 'A list that is fed from outside, through the API.' },
  },
  action: 'Create segment',
  notCreated: 'The segment was not created.',
  notAllowed: 'Creating segments needs the Editor role.',
} as const;
