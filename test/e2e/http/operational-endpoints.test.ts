import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/domain/access/access.js';
import { createAdmission } from '../../../src/server/admission/admit-request.js';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { Unauthenticated } from '../../../src/server/admission/authentication/unauthenticated.js';
import { createGracefulShutdown } from '../../../src/server/graceful-shutdown.js';
import { createClientQuotas } from '../../../src/server/limits/quotas/client-quotas.js';
import { defaultLimits } from '../../../src/config/limits/server-limits.js';
import { createOperationObserver } from '../../../src/server/observation/operation-observer.js';
import { createOperationalEndpoints } from '../../../src/server/http/operational-endpoints.js';
import { createAuditLog } from '../../../src/telemetry/audit-log.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { post } from '../../helpers/clients/graphql-client.js';
import { principal } from '../../helpers/access/principals.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';
import { testLog } from '../../helpers/run/test-log.js';

/** Admits callers that name a permission, and grants it to them. */
const byPermission: Authenticator = {
  authenticate(authorization) {
    if (authorization === undefined) throw new Unauthenticated('missing', 'Expected a name.');
    if (authorization === 'wrong') throw new Unauthenticated('unknown', 'Not known.');
    const all = ['*'];
    const operations: string[] = [authorization];
    const access = createAccess([{ operations, clusters: all, keys: all, channels: all, groups: all }]);
    return { principal: principal(authorization, access), subject: authorization, expiresAt: Infinity };
  },
};

const get = async (url: string, path: string, authorization?: string) => {
  const response = await fetch(new URL(path, url), { headers: authorization === undefined ? {} : { authorization } });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
};

describe('If the server requires no authentication', () => {
  test('readiness reports the clusters in use, and a failed cluster does not make the API unready', async () => {
    await using valkey = await startValkey();
    await using api = await serve({ orders: valkey, gone: { host: '127.0.0.1', port: 1 } });
    expect(JSON.parse((await get(api.url, '/health/ready')).text)).toEqual({ status: 'ready', clusters: [] });
    await post(api.url, '{ cluster(name: "orders") { keyCount } }');
    await post(api.url, '{ cluster(name: "gone") { keyCount } }');
    const { status, text } = await get(api.url, '/health/ready');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'ready',
      clusters: [
        { cluster: 'orders', state: 'CONNECTED', error: null },
        { cluster: 'gone', state: 'FAILED', error: expect.stringContaining('cannot be reached') as string },
      ],
    });
  });

  test('liveness and metrics are public', async () => {
    await using api = await startTestApi({}, undefined);
    expect(await get(api.url, '/health/live')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get(api.url, '/health')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get(api.url, '/metrics')).toMatchObject({
      status: 200,
      type: expect.stringContaining('0.0.4') as string,
    });
  });

  test('an endpoint accepts GET and HEAD only', async () => {
    await using api = await startTestApi();
    for (const path of ['/metrics', '/health/live', '/health/ready']) {
      const address = new URL(path, api.url);
      expect((await fetch(address, { method: 'POST' })).status).toBe(405);
      const head = await fetch(address, { method: 'HEAD', headers: { authorization: 'anybody' } });
      expect(path === '/health/ready' ? [200, 500] : [200]).toContain(head.status);
    }
  });
});

describe('If callers must authenticate', () => {
  test('metrics require server:read', async () => {
    await using api = await startTestApi({}, byPermission);
    expect(await get(api.url, '/metrics', 'server:read')).toMatchObject({ status: 200 });
    for (const [authorization, status] of [
      [undefined, 401],
      ['wrong', 401],
      ['keys:read', 403],
    ] as const) {
      const refused = await get(api.url, '/metrics', authorization);
      expect(refused.status).toBe(status);
      expect(refused.text).not.toContain('cachegraph_');
    }
  });

  test('a load balancer without credentials receives only the status', async () => {
    await using api = await startTestApi({}, byPermission);
    expect(await get(api.url, '/health/live')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get(api.url, '/health/ready')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    expect((await get(api.url, '/health/ready', 'wrong')).status).toBe(401);
    expect((await get(api.url, '/health/ready', 'keys:read')).status).toBe(403);
  });
});

test('a draining server is live and not ready', async () => {
  const log = testLog();
  const shutdown = createGracefulShutdown(100, log);
  const metrics = createMetrics();
  using quotas = createClientQuotas(defaultLimits, metrics.limitHit);
  const operationalEndpoints = createOperationalEndpoints({
    authenticator: byPermission,
    admission: createAdmission({ checkHostAndOrigin: () => undefined, shutdown, authenticator: byPermission, quotas }),
    shutdown,
    metrics,
    observer: createOperationObserver({ log, metrics, audit: createAuditLog(log) }),
    servesMetrics: true,
    dataAccess: () => [],
  });
  // A separate HTTP server, because a draining server accepts no connections.
  const server = createServer((request, response) => void operationalEndpoints(request.url!)!(request, response));
  using _ = { [Symbol.dispose]: () => void server.close() };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  expect((await get(url, '/health/ready')).status).toBe(200);
  await shutdown.drain();
  expect(await get(url, '/health/ready')).toMatchObject({ status: 503, text: '{"status":"draining"}' });
  expect(await get(url, '/health/ready', 'server:read')).toMatchObject({
    status: 503,
    text: '{"status":"draining","clusters":[]}',
  });
  expect((await get(url, '/health/live')).status).toBe(200);
});
