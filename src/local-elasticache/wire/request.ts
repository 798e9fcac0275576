import type { IncomingMessage } from 'node:http';
import { AwsFault } from './fault.js';

const largestBody = 1024 * 1024;

/**
 * The parameters of an AWS Query request: those of the URL and, with POST, of the body.
 * @throws AwsFault where the method, the body's type or its size is not that of an AWS client.
 */
export async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const query = queryOf(request.url ?? '/');
  if (request.method === 'GET') return new URLSearchParams(query);
  if (request.method !== 'POST') {
    throw new AwsFault('InvalidHttpRequest', 'Expected GET or POST: this is an ElastiCache endpoint (AWS Query).', 405);
  }
  const type = (request.headers['content-type'] ?? 'application/x-www-form-urlencoded')
    .split(';')[0]
    ?.trim()
    .toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new AwsFault(
      'InvalidHttpRequest',
      'Expected a body of type application/x-www-form-urlencoded: ElastiCache speaks the AWS Query protocol.',
      415,
    );
  }
  return new URLSearchParams([...new URLSearchParams(query), ...new URLSearchParams(await readBody(request))]);
}

/**
 * Refuses what a web page in a browser sends: a page could otherwise make and delete clusters of whoever looks at it. No
 * AWS client sends these headers.
 */
export function refuseBrowsers({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  if (headers.origin === undefined && (site === undefined || site === 'none')) return;
  throw new AwsFault('AccessDenied', 'Requests of web pages are refused; use an AWS client.', 403);
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) {
      throw new AwsFault('RequestEntityTooLarge', `Expected a body of at most ${largestBody} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
