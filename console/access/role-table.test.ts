import { expect, test } from 'vitest';
import { texts } from '../texts/texts.ts';
import { columns, rowsOfAccount, rowsOfDataset } from './role-table.ts';

test('the table of roles says what the product promises', () => {
  const words = texts.access.roles.permissions;
  const shown = [...rowsOfDataset(), ...rowsOfAccount()].map(({ may, by }) => [
    may,
    columns.filter((column) => by[column]).join(' '),
  ]);
  const everybody = 'administrator editor campaignAuthor analyst viewer';
  expect(shown).toEqual([
    [words.viewDataset, everybody],
    [words.exportUsers, 'administrator editor analyst'],
    [words.editSegments, 'administrator editor'],
    [words.importData, 'administrator editor'],
    [words.defineAttributes, 'administrator editor'],
    [words.deleteUsersInBulk, 'administrator'],
    [words.deleteUser, 'administrator'],
    [words.answerPrivacyRequests, 'administrator'],
    [words.deleteDataset, 'administrator'],
    [texts.access.roles.account, 'administrator'],
  ]);
});
