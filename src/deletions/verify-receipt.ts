import { compactVerify, importJWK, type JWK } from 'jose';
import { LetheError, messageOf } from '../errors.ts';
import { type ReceiptPayload, receiptAlgorithm, receiptPayload, receiptType } from './receipt-payload.ts';

/** Public keys of an installation, as `/.well-known/jwks.json` publishes them. */
export interface KeySet {
  keys: JWK[];
}

/**
 * Verifies a receipt with nothing but the installation's public keys, and returns what it says. One final newline is taken off;
 * apart from that every byte counts.
 *
 * Throws `receipt.invalid` with the reason.
 */
export async function verifyReceipt(text: string, { keys }: KeySet): Promise<ReceiptPayload> {
  const parts = (text.endsWith('\n') ? text.slice(0, -1) : text).split('.');
  const [header, payload] = parts;
  if (header === undefined || payload === undefined || parts.length !== 3)
    throw invalid('It is not a receipt: a receipt has three parts with a dot between them.');
  for (const part of parts) requireCanonical(part);
  const { alg, typ, kid } = readJson(header);
  if (typ !== receiptType) throw invalid(`Its type is not ${receiptType}.`);
  if (alg !== receiptAlgorithm) throw invalid(`It is not signed with ${receiptAlgorithm}.`);
  const key = keys.find((one) => one.kid === kid && one.kty === 'OKP' && one.crv === 'Ed25519');
  if (!key || typeof kid !== 'string') throw invalid('It was signed with a key that is not among the given ones.');
  await requireSignature(parts.join('.'), key);
  const parsed = receiptPayload.safeParse(readJson(payload));
  if (!parsed.success) throw invalid('It is signed, but does not say what a receipt of version 1 says.');
  return parsed.data;
}

/**
 * Base64url leaves spare bits at the end, which decoders ignore: without this check some changed bytes would pass. (The bytes
 * of the first two parts are signed as they stand; those of the signature are not.)
 */
function requireCanonical(part: string): void {
  if (part === '' || Buffer.from(part, 'base64url').toString('base64url') !== part)
    throw invalid('It is not the canonical encoding of a receipt: at least one byte was changed.');
}

function readJson(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, for every way in which this is no object.
  }
  throw invalid('One of its parts is not JSON.');
}

async function requireSignature(jws: string, { kty, crv, x }: JWK): Promise<void> {
  try {
    // Only the public part of a key, whatever else the file holds.
    const publicKey = await importJWK({ kty, crv, x } as JWK, receiptAlgorithm);
    await compactVerify(jws, publicKey, { algorithms: [receiptAlgorithm] });
  } catch (error) {
    throw invalid(`The signature does not match: ${messageOf(error)}.`);
  }
}

function invalid(reason: string): LetheError {
  return new LetheError('unacceptable', 'receipt.invalid', `This receipt is not valid. ${reason}`);
}
