import { expect, it } from 'vitest';
import { waitsForReconnection } from '../../../../../src/datasources/realtime/shared/reconnection-policy.js';
import { AccessDenied } from '../../../../../src/datasources/valkey/connections/nodes/connection-errors.js';
import { ExpectedFailure, Outage } from '../../../../../src/domain/errors.js';

const outage = new Outage('CLUSTER_UNAVAILABLE', 'away');
const refusal = new ExpectedFailure('PERMISSION_DENIED', 'no');

it.each([
  ['an outage, if it has received something', outage, true, true],
  ['an outage, if it has received nothing', outage, false, false],
  ['a refusal, even if it has received something', refusal, true, false],
  ['a changed password, if it has received something', new AccessDenied(refusal), true, true],
])('Whether a subscription waits after %s', (_, reason, hasReceived, waits) => {
  expect(waitsForReconnection(reason, hasReceived)).toBe(waits);
});
