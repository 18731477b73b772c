import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReceiptPayload } from './receipt-payload.ts';
import { verifyReceipt } from './verify-receipt.ts';

const payload: ReceiptPayload = {
  version: 1,
  job: 'del_8hQ2kP0vXw1z',
  dataset: 'shop',
  segment: { id: 'a1B2c', name: 'Gone since 1998', ruleDigest: 'f00d'.repeat(16) },
  requestedBy: 'mem_1',
  startedAt: '2026-11-22T19:04:00.000Z',
  completedAt: '2026-11-22T19:04:00.600Z',
  users: 18_196,
  rowsDeleted: { events: 31_461, profiles: 18_196, identities: 18_196 },
  frozenSetDigest: { alg: 'sha-256', value: 'beef'.repeat(16) },
  verified: {
    leftovers: { events: 0, profiles: 0, identities: 0 },
    usersListed: 18_196,
    profilesDeleted: 18_196,
    profilesAbsent: 0,
    at: '2026-11-22T19:04:00.600Z',
  },
};

let keys: JWK[];
let sign: (content: unknown, header?: Record<string, unknown>) => Promise<string>;
let receipt: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const other = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  keys = [
    { ...(await exportJWK(other.publicKey)), kid: 'older', alg: 'EdDSA', use: 'sig' },
    { ...(await exportJWK(publicKey)), kid: 'newest', alg: 'EdDSA', use: 'sig' },
  ];
  sign = (content, header = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'lethe-receipt+jwt', kid: 'newest', ...header })
      .sign(privateKey);
  receipt = await sign(payload);
});

async function isRefused(text: string): Promise<boolean> {
  return verifyReceipt(text, { keys }).then(
    () => false,
    (error) => error.code === 'receipt.invalid',
  );
}

test('a receipt that nobody changed is valid and says what was signed, with or without one final newline', async () => {
  expect(await verifyReceipt(receipt, { keys })).toEqual(payload);
  expect(await verifyReceipt(`${receipt}\n`, { keys })).toEqual(payload);
});

describe('a receipt is refused', () => {
  test('after any one changed byte', async () => {
    const accepted: string[] = [];
    for (let at = 0; at < receipt.length; at++) {
      for (const replacement of replacementsOf(receipt.charCodeAt(at))) {
        const changed = receipt.slice(0, at) + String.fromCharCode(replacement) + receipt.slice(at + 1);
        if (!(await isRefused(changed))) accepted.push(`byte ${at} → ${replacement}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  test('after every possible change of the last byte of a part, where base64url has spare bits', async () => {
    const ends = [...receipt.matchAll(/\.|$/g)].map((match) => match.index - 1);
    expect(ends).toHaveLength(3);
    for (const at of ends) {
      for (let byte = 0; byte < 256; byte++) {
        if (byte === receipt.charCodeAt(at)) continue;
        const changed = receipt.slice(0, at) + String.fromCharCode(byte) + receipt.slice(at + 1);
        expect(await isRefused(changed), `byte ${at} → ${byte}`).toBe(true);
      }
    }
  });

  test('when a byte is missing or added anywhere', async () => {
    for (let at = 0; at <= receipt.length; at += 7) {
      expect(await isRefused(receipt.slice(0, at) + receipt.slice(at + 1))).toBe(at < receipt.length);
      expect(await isRefused(`${receipt.slice(0, at)}A${receipt.slice(at)}`)).toBe(true);
    }
    for (const around of [`${receipt}\n\n`, ` ${receipt}`, `${receipt}\r\n`, `\uFEFF${receipt}`, `${receipt}=`, ''])
      expect(await isRefused(around)).toBe(true);
  });

  test('when it was signed by a key that is not given, or names another one', async () => {
    expect(await isRefused(await sign(payload, { kid: 'unknown' }))).toBe(true);
    expect(await isRefused(await sign(payload, { kid: 'older' }))).toBe(true);
    expect(await isRefused(await sign(payload, { kid: undefined }))).toBe(true);
  });

  test('when something else of the installation was signed', async () => {
    expect(await isRefused(await sign(payload, { typ: 'JWT' }))).toBe(true);
    expect(await isRefused(await sign({ ...payload, version: 2 }))).toBe(true);
    expect(await isRefused(await sign({ hello: 'world' }))).toBe(true);
    expect(await isRefused(await sign('text'))).toBe(true);
  });
});

/** Two neighbours by bits, two letters of the alphabet, and bytes that no receipt holds. */
function replacementsOf(byte: number): number[] {
  return [byte ^ 1, byte ^ 2, 0x41, 0x5f, 0x2e, 0x0a, 0x3d, 0xc3].filter((one) => one !== byte);
}
