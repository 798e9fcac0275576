import { expect, test } from 'vitest';
import { createLogger } from '../../../src/telemetry/log.js';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

test('a line without secrets is written unchanged', () => {
  const line = JSON.parse(logged((log) => log.info({ requestId: 'a', tokens: 3, ms: 0.1 }, 'no password was given')));
  expect(line).toMatchObject({ name: 'cachegraph', requestId: 'a', tokens: 3, ms: 0.1, msg: 'no password was given' });
});

test.each([
  ['a member with the name of a secret', { password: 'hunter-2' }],
  ['a nested member', { input: { authentication: { passwords: ['hunter-2', 'x'] } } }],
  ['a token of a cluster', { authToken: 'hunter-2' }],
  ['a text with quotes', { password: 'say "hunter-2" and \\ hunter-2' }],
  ['a header', { headers: { authorization: 'Bearer hunter-2' } }],
  ['a text with a header', { reason: 'got authorization: Basic hunter-2==' }],
  ['a text with JSON', { reason: `body {"password":"hunter-2","x":1}` }],
  ['JSON in a text in a text', { reason: JSON.stringify({ apiKey: 'hunter-2' }) }],
  ['a URL', { url: 'redis://user:hunter-2@host:6379' }],
  ['an API key', { reason: 'cg_hunter-2hunter-2hunter-2 is unknown' }],
  ['a JSON web token', { reason: 'eyJhbGciOiJub25lIn0.eyJodW50ZXItMiI6MX0.hunter-2' }],
  ['a member of an error', { err: Object.assign(new Error('refused'), { password: 'hunter-2' }) }],
  ["an error's message", { err: new Error('AUTH failed for redis://user:hunter-2@host') }],
])('a secret in %s is redacted', (_, fields) => {
  const text = logged((log) => log.error(fields, 'something'));
  expect(text).not.toContain('hunter-2');
  expect(text).toContain('[secret]');
  expect(JSON.parse(text)).toMatchObject({ msg: 'something' });
});
