import type { IncomingMessage } from 'node:http';
import type { HostPolicy } from '../../runtime/network/host.js';
import { declaresOtherCharset, mediaTypeOf } from '../../runtime/network/media-type.js';
import { expectedUtf8, parseForm } from '../../runtime/text.js';
import { AwsFault } from './fault.js';

const maxBodyBytes = 1024 * 1024;

/**
 * Reads the parameters of an AWS Query request from the URL and, with POST, from the body.
 * @throws AwsFault if the method, media type or size is not acceptable
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

/** @throws AwsFault if they are not UTF-8: other bytes could only be stored as different text */
function parametersIn(encoded: string): URLSearchParams {
  const parameters = parseForm(encoded);
  if (!parameters) throw new AwsFault('MalformedQueryString', expectedUtf8);
  return parameters;
}

/**
 * Refuses requests for other host names. If a web page's name resolves to this machine (DNS rebinding), the page is
 * same-origin for its browser, which then sends neither Origin nor another header that reveals it.
 */
export function refuseOtherHosts({ headers }: IncomingMessage, knowsHost: HostPolicy): void {
  if (knowsHost(headers.host)) return;
  throw new AwsFault(
    'AccessDenied',
    'This endpoint does not accept the host name of the request: use an address or localhost, or add it to `allowedHosts`.',
    403,
  );
}

/**
 * Refuses requests of web pages in a browser, because a page could otherwise create and delete clusters of the person
 * who views it. No AWS client sends these headers.
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
    if (size > maxBodyBytes) {
      throw new AwsFault('RequestEntityTooLarge', `Expected a body of at most ${maxBodyBytes} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}
