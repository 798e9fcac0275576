import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../../admission/authentication/identity.js';
import { Refusal } from '../../admission/refusal.js';
import { renderGraphiQL, type GraphiQLPageOptions } from './page.js';
import { graphiqlTabs } from './starter-tabs.js';
import { refuse } from '../../responses/errors.js';
import type { TransportOptions } from '../../transport-options.js';
import { writeHead } from '../../responses/write-head.js';

/** Answers with the page of GraphiQL. The page is rendered on the first request, because it has 9 MB. */
export type AnswerPage = (this: void, response: ServerResponse) => Promise<void>;

export function createGraphiQLPage(options: GraphiQLPageOptions): AnswerPage {
  let opened: Promise<{ readonly page: Buffer; readonly policy: string }> | undefined;
  return async (response) => {
    const { page, policy } = await (opened ??= openPage(options));
    writeHead(response, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      // For browsers that do not support `frame-ancestors`.
      'x-frame-options': 'DENY',
    }).end(page);
  };
}

async function openPage(options: GraphiQLPageOptions) {
  const page = await renderGraphiQL(options);
  return { page: Buffer.from(page), policy: policyOf(page) };
}

/** Answers the page's request for its starter operations. Requires the permission to introspect, because they reveal the schema. */
export function answerStarterTabs(
  request: IncomingMessage,
  response: ServerResponse,
  { principal }: Identity,
  options: Pick<TransportOptions, 'introspection' | 'observer'>,
): void {
  const { introspection } = options;
  if (!introspection.mayIntrospect(principal)) {
    const error = introspection.refusal();
    refuse(request, response, new Refusal({ reason: 'permission', status: 403, error, principal }), options);
    return;
  }
  writeHead(response, 200, { 'content-type': 'application/json' }).end(JSON.stringify({ tabs: graphiqlTabs }));
}

/**
 * The content security policy of the page. It allows the page's inline scripts, by their hashes, and no other scripts. GraphiQL's
 * editor creates workers, styles and fonts. Connections are allowed to this server only.
 */
function policyOf(page: string): string {
  const scripts = [...page.matchAll(/<script\b[^>]*>([^]*?)<\/script/g)].map(([, code = '']) => hashOf(code));
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(code: string): string {
  return `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
}
