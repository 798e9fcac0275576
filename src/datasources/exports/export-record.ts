import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { exportFormats } from '../../domain/key/key-export.js';
import { keyTypes } from '../../domain/key/key.js';
import type { ExportOrder } from './interfaces.js';

const caller = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({ kind: z.literal('apiKey'), sha256: z.string() }),
  z.object({
    kind: z.literal('token'),
    key: z.string(),
    name: z.string(),
    claims: z.record(z.string(), z.unknown()),
    // JSON has no infinity.
    expiresAt: z
      .number()
      .nullable()
      .transform((at) => at ?? Infinity),
  }),
]);

const order = z.object({
  match: z.string().transform((text) => Buffer.from(text, 'base64')),
  type: z.enum(keyTypes).optional(),
  format: z.enum(exportFormats),
  caller,
});

/** A token: the cluster that has the record, and 256 random bits. */
export function newToken(cluster: string): string {
  return `${cluster}.${randomBytes(32).toString('base64url')}`;
}

const shape = /^([a-z][a-z0-9-]{0,39})\.[\w-]{43}$/;

/** The cluster of a token; undefined for another text. */
export function clusterOf(token: string): string | undefined {
  return shape.exec(token)?.[1];
}

/** The name of a record reveals nothing of its token. */
export function recordId(token: string): string {
  return createHash('sha256').update(`id:${token}`).digest('hex');
}

const cipher = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

function keyOf(token: string): Buffer {
  return createHash('sha256').update(`key:${token}`).digest();
}

/** Encrypted with the token, because it contains the claims of the caller's token. */
export function sealOrder({ request, caller: by }: ExportOrder, token: string): Buffer {
  const { match, type, format } = request;
  const nonce = randomBytes(nonceLength);
  const sealing = createCipheriv(cipher, keyOf(token), nonce, { authTagLength: tagLength });
  const text = JSON.stringify({ match: match.toString('base64'), type, format, caller: by });
  return Buffer.concat([nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()]);
}

/** Null if the token has not sealed the record. */
export function openOrder(record: Buffer, cluster: string, token: string): ExportOrder | null {
  try {
    const opening = createDecipheriv(cipher, keyOf(token), record.subarray(0, nonceLength), {
      authTagLength: tagLength,
    });
    opening.setAuthTag(record.subarray(-tagLength));
    const text = Buffer.concat([opening.update(record.subarray(nonceLength, -tagLength)), opening.final()]);
    const { caller: by, match, type, format } = order.parse(JSON.parse(text.toString()));
    return { request: { cluster, match, type, format }, caller: by };
  } catch {
    return null;
  }
}
