import { describe, expect, it } from 'vitest';
import { startApi } from '../../../src/app/start-api.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { data } from '../../helpers/clients/graphql-client.js';
import { startValkey, startValkeyCluster } from '../../helpers/valkey/valkey.js';

/** The API with one configured deployment. */
async function apiOn({ host, port }: { host: string; port: number }, clusterMode?: 'DISABLED' | 'ENABLED') {
  const config = await loadConfig({}, {});
  const clusters = [{ name: 'own', endpoint: { host, port }, clusterMode, tls: false }];
  const lines = captureLines();
  const api = await startApi({
    config: { ...config, port: 0, clusters },
    log: createLogger('warn', lines),
    elastiCache: null,
    ca: () => Promise.resolve(undefined),
  });
  return { ...api, lines };
}

const described = '{ cluster(name: "own") { clusterMode primaryEndpoint { port } configurationEndpoint { port } } }';
const keys = Array.from({ length: 8 }, (_, at) => `k${at}`);
const writes = `mutation { ${keys
  .map((key) => `${key}: setString(input: { cluster: "own", key: "${key}", value: "v" }) { applied }`)
  .join(' ')} }`;
const written = Object.fromEntries(keys.map((key) => [key, { applied: true }]));

describe('a deployment of the configuration', () => {
  it('is detected to run in cluster mode when it is connected', async () => {
    await using valkey = await startValkeyCluster();
    const { port } = valkey.primaries[0]!;
    await using api = await apiOn(valkey.primaries[0]!);
    expect(await data(api.url, described)).toMatchObject({ cluster: { clusterMode: null } });
    expect(await data(api.url, writes)).toEqual(written);
    expect(await data(api.url, described)).toEqual({
      cluster: { clusterMode: 'ENABLED', primaryEndpoint: null, configurationEndpoint: { port } },
    });
    expect(await data(api.url, '{ cluster(name: "own") { keyCount dataAccess { state } } }')).toEqual({
      cluster: { keyCount: 8, dataAccess: { state: 'CONNECTED' } },
    });
    expect(api.lines.text()).toBe('');
  });

  it('without cluster mode is used as such despite its configuration, and the log says what to set', async () => {
    await using valkey = await startValkey();
    await using api = await apiOn(valkey, 'ENABLED');
    expect(await data(api.url, described)).toMatchObject({ cluster: { clusterMode: 'ENABLED' } });
    expect(await data(api.url, writes)).toEqual(written);
    expect(await data(api.url, described)).toEqual({
      cluster: { clusterMode: 'DISABLED', primaryEndpoint: { port: valkey.port }, configurationEndpoint: null },
    });
    expect(api.lines.lines).toMatchObject([
      { cluster: 'own', msg: expect.stringContaining('set clusterMode to DISABLED, or remove it') as string },
    ]);
  });
});
