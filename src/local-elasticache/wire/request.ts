import type { IncomingMessage } from 'node:http';
import type { HostPolicy } from '../../runtime/network/host.js';
import { declaresOtherCharset, mediaTypeOf } from '../../runtime/network/media-type.js';
import { expectedUtf8, parseForm } from '../../runtime/text.js';
import { AwsFault } from './fault.js';

const largestBody = 1024 * 1024;

/**
 * The parameters of an AWS Query request: those of the URL and, with POST, of the body.
 * @throws AwsFault where the method, the body's type or its size is not that of an AWS client.
 */
export async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const query = parametersIn(queryOf(request.url ?? '/'));
  if (request.method === 'GET') return query;
  if (request.method !== 'POST') {
    throw new AwsFault('InvalidHttpRequest', 'Expected GET or POST: this is an ElastiCache endpoint (AWS Query).', 405);
  }
  const mediaType = mediaTypeOf(request.headers['content-type'] ?? 'application/x-www-form-urlencoded');
  if (mediaType.type !== 'application/x-www-form-urlencoded' || declaresOtherCharset(mediaType)) {
    throw new AwsFault(
      'InvalidHttpRequest',
      'Expected a body of type application/x-www-form-urlencoded in UTF-8: ElastiCache speaks the AWS Query protocol.',
      415,
    );
  }
  return new URLSearchParams([...query, ...parametersIn(await readBody(request))]);
}

/** @throws AwsFault if they are not UTF-8: what is not could be kept as other text only. */
function parametersIn(encoded: string): URLSearchParams {
  const parameters = parseForm(encoded);
  if (!parameters) throw new AwsFault('MalformedQueryString', expectedUtf8);
  return parameters;
}

/**
 * Refuses requests for another host than this endpoint: a web page whose name was made to resolve to this machine has the same
 * origin for its browser, which then sends neither Origin nor anything else that tells it apart.
 */
export function refuseOtherHosts({ headers }: IncomingMessage, knowsHost: HostPolicy): void {
  if (knowsHost(headers.host)) return;
  throw new AwsFault(
    'AccessDenied',
    'This endpoint is not known by the host name of the request: use an address or localhost, or name it in `allowedHosts`.',
    403,
  );
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
  return Buffer.concat(chunks).toString('latin1');
}
