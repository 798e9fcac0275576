import type { ServerResponse } from 'node:http';

/** On every answer: what a browser must not make of it. An answer is data: shown by itself it loads and runs nothing. */
export function writeSecurityHeaders(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
}
