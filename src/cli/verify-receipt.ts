import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ReceiptPayload } from '../deletions/receipt-payload.ts';
import { type KeySet, verifyReceipt } from '../deletions/verify-receipt.ts';
import { LetheError, messageOf } from '../errors.ts';
import { does, withExamples } from './command.ts';
import { type ExitStatus, exitStatus, wrongUsage } from './exit-status.ts';
import { coloured } from './output.ts';
import { count, counted, facts, inWords, moment } from './text.ts';

export function addVerifyReceipt(program: Command): void {
  const verify = program
    .command('verify-receipt')
    .summary('verify a receipt offline')
    .description(
      'Verify the receipt of a bulk deletion offline, with nothing but the public keys of the installation. ' +
        'Exit status: 0 valid, 1 not valid, 2 a file cannot be read.',
    )
    .argument('<file>', 'the receipt, from "lethe deletions receipt"')
    .requiredOption('--keys <file>', 'the public keys: /.well-known/jwks.json of the installation, saved once');
  withExamples(
    verify,
    ['curl -o jwks.json https://lethe.example.com/.well-known/jwks.json', 'the keys, old ones included'],
    ['lethe verify-receipt receipt.jws --keys jwks.json', 'says what the receipt says'],
  );
  does<{ keys: string }>(verify, async ({ args: [file = ''], options, output }): Promise<ExitStatus> => {
    const text = read(file).toString('latin1');
    const keys = readKeys(options.keys);
    try {
      const payload = await verifyReceipt(text, keys);
      output.result({ valid: true, receipt: payload }, receiptText(payload));
      return exitStatus.done;
    } catch (error) {
      if (!(error instanceof LetheError)) throw error;
      output.result(
        { valid: false, code: error.code, reason: error.message },
        `${coloured('red', '✗')} ${error.message}`,
      );
      return exitStatus.failed;
    }
  });
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw wrongUsage('unreadable', `${file} cannot be read: ${messageOf(error)}.`);
  }
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

function readKeys(file: string): KeySet {
  try {
    return keySet.parse(JSON.parse(read(file).toString('utf8'))) as KeySet;
  } catch (error) {
    if (error instanceof LetheError) throw error;
    throw wrongUsage('unreadable', `${file} holds no keys: it must be a JSON Web Key Set, {"keys":[…]}.`);
  }
}

/** What a valid receipt says. */
export function receiptText(receipt: ReceiptPayload): string {
  const { segment, users, rowsDeleted, verified, frozenSetDigest, phases, ledger } = receipt;
  const left = Object.values(verified.leftovers).reduce((sum, rows) => sum + rows, 0);
  const rows = Object.entries(rowsDeleted).map(([place, number]) => `${count(number)} ${inWords(place)}`);
  return [
    `${coloured('green', '✓ Valid.')} The receipt is exactly as it was signed.`,
    '',
    facts([
      ['Deletion', `${receipt.job} in the dataset ${receipt.dataset}`],
      ['Segment', `${segment.name} (${segment.id})`],
      ['Rule digest', segment.ruleDigest],
      ['Requested by', receipt.requestedBy],
      ['Started', moment(receipt.startedAt)],
      ['Completed', moment(receipt.completedAt)],
      ...(phases ? [['Phases', phases.map(phaseText).join(', ')] as [string, string]] : []),
      ...erasureFacts(receipt),
      ['Users', `${count(users)}, all of the segment when it was started`],
      ['Rows deleted', rows.join(', ')],
      ['Left of them', `${counted(left, 'row')}, counted ${moment(verified.at)}`],
      ['Digest of users', `${frozenSetDigest.alg} ${frozenSetDigest.value}`],
      ...(ledger ? [['Ledger', ledgerText(ledger)] as [string, string]] : []),
    ]),
  ].join('\n');
}

/** How thoroughly it erased, and of a scrub what that covers and what not. */
function erasureFacts({ erasure, scrub }: ReceiptPayload): [string, string][] {
  if (!erasure) return [];
  if (!scrub) return [['Erasure', erasure]];
  return [
    ['Erasure', `${erasure}, ${counted(scrub.tables, 'table')} written anew`],
    ['It covers', scrub.covers.join(', ')],
    ['Not covered', scrub.doesNotCover.join(', ')],
  ];
}

/** Which entries of the ledger are of this deletion; there may be entries of others between the first and the last. */
function ledgerText({ entries, identities, firstNo, lastNo }: NonNullable<ReceiptPayload['ledger']>): string {
  const held = `${counted(identities, 'identity', 'identities')} in ${counted(entries, 'entry', 'entries')}`;
  if (firstNo === null || lastNo === null) return held;
  return `${held}, ${firstNo === lastNo ? `number ${firstNo}` : `numbers ${firstNo} to ${lastNo}`}`;
}

function phaseText({ name, seconds }: NonNullable<ReceiptPayload['phases']>[number]): string {
  return `${name} ${seconds.toFixed(2)} s`;
}
