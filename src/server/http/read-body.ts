import type { IncomingMessage } from 'node:http';

/** A body that is longer than the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/**
 * The whole body as bytes.
 * @throws BodyTooLarge past `maxBytes`, without having kept more than that
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new BodyTooLarge();
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) reject(new BodyTooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
    // Also after its end, when it changes nothing any more.
    request.on('close', () => {
      if (!request.readableEnded) reject(new Error('The client left before its request was whole.'));
    });
  });
}
