import { expect, test } from 'vitest';
import { createOriginReport } from '../../../src/server/admission/refused-origins.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines } from '../../helpers/captured-lines.js';

test('A refused origin is logged at info at most once a minute, with the number of those in between', () => {
  const log = captureLines();
  let now = 0;
  const report = createOriginReport(createLogger('info', log), () => now);
  const refuse = (origin?: string) => report({ headers: origin === undefined ? {} : { origin } });
  refuse('https://a.example');
  now = 59_999;
  refuse('https://b.example');
  refuse();
  now = 60_000;
  refuse('https://user:canary@c.example/canary');
  now = 120_000;
  refuse(`https://${'x'.repeat(10_000)}.example`);
  expect(log.lines).toMatchObject([
    { level: 30, origin: 'https://a.example', refusedSince: 0 },
    { level: 30, origin: 'https://c.example', refusedSince: 2 },
    { level: 30, refusedSince: 0 },
  ]);
  expect(log.text()).not.toContain('canary');
  expect(log.text().length).toBeLessThan(2_000);
});
