import { expect, test } from 'vitest';
import type { ReceiptPayload } from '../deletions/receipt-payload.ts';
import { receiptText } from './verify-receipt.ts';

const oldest: ReceiptPayload = {
  version: 1,
  job: 'del_533CECu8OkbuHq3r',
  dataset: 'shop',
  segment: { id: 'JB5OY', name: 'Gone since 1998', ruleDigest: 'sha256:00' },
  requestedBy: 'me',
  startedAt: '2026-11-22T18:04:05.000Z',
  completedAt: '2026-11-22T18:04:07.500Z',
  users: 18_196,
  rowsDeleted: { profiles: 18_196, identities: 18_196 },
  frozenSetDigest: { alg: 'sha-256', value: 'fb9f' },
  verified: {
    leftovers: { profiles: 0, identities: 0 },
    usersListed: 18_196,
    profilesDeleted: 18_196,
    profilesAbsent: 0,
    at: '2026-11-22T18:04:06.000Z',
  },
};

const linesOf = (receipt: ReceiptPayload) => receiptText(receipt).split('\n');

test('a receipt of a scrub says how many tables were written anew, what that covers, and what it does not', () => {
  const scrub = { tables: 113, covers: ['tables', 'indexes', 'statistics'], doesNotCover: ['log', 'backups'] };
  const lines = linesOf({ ...oldest, erasure: 'scrub', scrub });
  expect(lines).toContain('Erasure          scrub, 113 tables written anew');
  expect(lines).toContain('It covers        tables, indexes, statistics');
  expect(lines).toContain('Not covered      log, backups');
});

test('a receipt says which entries of the ledger of deletions are of it', () => {
  const ledger = { entries: 16, identities: 18_196, firstNo: 1_041, lastNo: 1_057 };
  expect(linesOf({ ...oldest, ledger })).toContain(
    'Ledger           18,196 identities in 16 entries, numbers 1041 to 1057',
  );
  expect(linesOf({ ...oldest, ledger: { entries: 1, identities: 1, firstNo: 7, lastNo: 7 } })).toContain(
    'Ledger           1 identity in 1 entry, number 7',
  );
  expect(linesOf({ ...oldest, ledger: { entries: 0, identities: 0, firstNo: null, lastNo: null } })).toContain(
    'Ledger           0 identities in 0 entries',
  );
});

test('of the oldest receipts nothing is said that they do not say', () => {
  expect(receiptText(oldest)).not.toMatch(/Erasure|covers|Ledger|Phases/i);
});
