import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Db } from '../database/postgres.ts';
import { type ReceiptPayload, receiptAlgorithm, receiptType } from './receipt-payload.ts';
import { insertSigningKey, newestSigningKey, readPublicKeys } from './receipt-sql.ts';

/** Makes the installation's first signing key when it has none. Its id is the RFC 7638 thumbprint. */
export async function ensureSigningKey(db: Db, now: Date): Promise<void> {
  if (await newestSigningKey(db)) return;
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  await insertSigningKey(db, {
    kid,
    privateJwk: { ...(await exportJWK(privateKey)), kid },
    publicJwk: { ...publicJwk, kid, alg: 'EdDSA', use: 'sig' },
    createdAt: now,
  });
}

/** A receipt as a compact JWS (RFC 7515, EdDSA of RFC 8037), signed with the newest key of the installation. */
export async function signReceipt(db: Db, payload: ReceiptPayload): Promise<string> {
  const key = await newestSigningKey(db);
  if (!key) throw new Error('this installation has no signing key; it is made when the server starts');
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: receiptAlgorithm, typ: receiptType, kid: key.kid })
    .sign(await importJWK(key.privateJwk, 'EdDSA'));
}

/** The public keys of the installation, old ones included, as a JSON Web Key Set. */
export async function publicKeys(db: Db): Promise<{ keys: JWK[] }> {
  return { keys: await readPublicKeys(db) };
}
