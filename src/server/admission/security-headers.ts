import type { ServerResponse } from 'node:http';

const always = new Map([
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['x-frame-options', 'DENY'],
  // An answer is data: shown by itself it loads and runs nothing.
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
]);

/** On every answer: what a browser must not make of it. */
export function writeSecurityHeaders(response: ServerResponse): void {
  response.setHeaders(always);
}
