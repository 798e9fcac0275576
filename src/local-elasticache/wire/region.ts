import type { IncomingMessage } from 'node:http';
import { AwsFault } from './fault.js';

/**
 * The region for which a request is signed, from its credential scope `KEY/DATE/REGION/SERVICE/aws4_request` in the header or the query
 * (AWS, "Create a signed AWS API request"); undefined if it is not signed. The signature itself is not checked.
 * @throws AwsFault if the scope names no region
 */
export function regionOf({ headers }: IncomingMessage, parameters: URLSearchParams): string | undefined {
  const scope = /\bCredential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? parameters.get('X-Amz-Credential');
  if (scope == null) return undefined;
  const region = scope.split('/').at(-3) ?? '';
  if (/^[a-z]{2,3}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/.test(region)) return region;
  throw new AwsFault(
    'SignatureDoesNotMatch',
    'Credential should be scoped to a valid region, such as KEY/20260101/us-east-1/elasticache/aws4_request.',
    403,
  );
}
