import { expect, test } from 'vitest';
import { refuseWith, type RefusalReason } from '../../../../src/server/admission/refusal.js';
import { createRefusalLog } from '../../../../src/server/observation/refusal-log.js';
import { createLogger } from '../../../../src/telemetry/log.js';
import { captureLines } from '../../../helpers/run/captured-lines.js';

function setUp() {
  const log = captureLines();
  const clock = { now: 0 };
  const report = createRefusalLog(createLogger('info', log), () => clock.now);
  const refuse = (reason: RefusalReason, webOrigin?: string): void =>
    report({
      origin: { transport: 'http', requestId: 'r-1', address: '192.0.2.1', webOrigin },
      refusal: refuseWith(403, reason, 'No.'),
      code: 'FORBIDDEN',
    });
  return { log, clock, refuse };
}

test('a refused origin is logged at level info at most once a minute, with the number of refusals in between', () => {
  const { log, clock, refuse } = setUp();
  refuse('origin', 'https://a.example');
  clock.now = 59_999;
  refuse('origin', 'https://b.example');
  refuse('origin');
  clock.now = 60_000;
  refuse('origin', 'https://user:canary@c.example/canary');
  clock.now = 120_000;
  refuse('origin', `https://${'x'.repeat(10_000)}.example`);
  expect(log.lines).toMatchObject([
    { level: 30, origin: 'https://a.example', refusedSince: 0 },
    { level: 30, origin: 'https://c.example', refusedSince: 2 },
    { level: 30, refusedSince: 0 },
  ]);
  expect(log.text()).not.toContain('canary');
  expect(log.text().length).toBeLessThan(2_000);
});

test('each reason is logged separately, however many requests are refused for another one', () => {
  const { log, refuse } = setUp();
  for (let count = 0; count < 10_000; count += 1) refuse('path');
  refuse('host', 'https://a.example');
  expect(log.lines).toMatchObject([
    {
      msg: 'request refused',
      requestId: 'r-1',
      transport: 'http',
      kind: 'unknown',
      outcome: 'FORBIDDEN',
      reason: 'path',
      status: 403,
      address: '192.0.2.1',
    },
    { reason: 'host' },
  ]);
  expect(log.text()).not.toContain('a.example');
});
