import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { defaultLimits } from '../../../src/config/limits/server-limits.js';
import { temporaryFolder } from '../../helpers/apis/command.js';

describe('The channels of the configuration', () => {
  it('have no history and no presence by default', async () => {
    const { channels } = await loadConfig({}, {});
    expect(channels).toMatchObject({ keyPrefix: 'cachegraph:', history: [], presence: [], presenceTimeoutSeconds: 12 });
  });

  it('are set by flags over the environment over the file, each part separately', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    const channels = {
      keyPrefix: 'app:',
      history: [{ cluster: 'orders', pattern: 'a*', maxMessages: 7 }],
      presence: [{ pattern: 'b*' }],
    };
    await writeFile(config, JSON.stringify({ channels }));
    const loaded = async (flags: object, env: Record<string, string>) =>
      (await loadConfig({ config, ...flags }, env)).channels;
    expect(await loaded({}, {})).toMatchObject(channels);
    const env = { CACHEGRAPH_HISTORY: ' c*  d ', CACHEGRAPH_PRESENCE: 'e' };
    expect(await loaded({ presence: ['f'] }, env)).toMatchObject({
      keyPrefix: 'app:',
      history: [
        { pattern: 'c*', maxMessages: 100 },
        { pattern: 'd', maxMessages: 100 },
      ],
      presence: [{ pattern: 'f' }],
    });
  });

  it.each([
    [{ keyPrefix: 'a{b}' }, /channels\.keyPrefix: expected 1 to 64 characters without braces/],
    [{ history: [{ pattern: 'a', maxMessages: 0 }] }, /channels\.history\.0\.maxMessages/],
    [{ presense: [] }, /channels: .*presense/],
    ['all', /channels: .*"all"/],
    [
      { history: [{ pattern: 'a' }, { pattern: 'é'.repeat(129) }] },
      /channels\.history\.1\.pattern: expected at most 256/,
    ],
    [{ presence: [{ pattern: 'x'.repeat(257) }] }, /channels\.presence\.0\.pattern: expected at most 256 bytes/],
  ])('are rejected by name if they are invalid: %j', async (channels, message) => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    await writeFile(config, JSON.stringify({ channels }));
    await expect(loadConfig({ config }, {})).rejects.toThrow(message);
  });
});

describe('Introspection', () => {
  it('is allowed to all admitted callers by default, and is set by flag over environment over file', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    await writeFile(config, JSON.stringify({ introspection: 'permitted' }));
    expect((await loadConfig({}, {})).introspection).toBe('everyone');
    expect((await loadConfig({ config }, {})).introspection).toBe('permitted');
    expect((await loadConfig({ config }, { CACHEGRAPH_INTROSPECTION: 'none' })).introspection).toBe('none');
    const flagged = { config, introspection: 'everyone' };
    expect((await loadConfig(flagged, { CACHEGRAPH_INTROSPECTION: 'none' })).introspection).toBe('everyone');
    await expect(loadConfig({ introspection: 'some' }, {})).rejects.toThrow(/--introspection: .*everyone/);
  });
});

describe('Allowed origins and hosts', () => {
  it('are set by flag over environment over file', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    await writeFile(config, JSON.stringify({ allowedOrigins: ['https://a.example'], allowedHosts: ['a.internal'] }));
    const loaded = async (flags: object, env: Record<string, string>) => {
      const { allowedOrigins, allowedHosts } = await loadConfig({ config, ...flags }, env);
      return { allowedOrigins, allowedHosts };
    };
    expect(await loaded({}, {})).toEqual({ allowedOrigins: ['https://a.example'], allowedHosts: ['a.internal'] });
    const env = {
      CACHEGRAPH_ALLOWED_ORIGINS: ' https://b.example  https://*.c.example ',
      CACHEGRAPH_ALLOWED_HOSTS: 'b.internal',
    };
    const fromEnvironment = {
      allowedOrigins: ['https://b.example', 'https://*.c.example'],
      allowedHosts: ['b.internal'],
    };
    expect(await loaded({}, env)).toEqual(fromEnvironment);
    const flags = { allowedOrigins: ['https://d.example'], allowedHosts: ['d.internal'] };
    expect(await loaded(flags, env)).toEqual(flags);
  });

  it.each([
    [{ allowedOrigins: ['https://a.*.example.com'] }, {}, /--allowed-origins\.0: expected "\*" to be the whole first/],
    [{}, { CACHEGRAPH_ALLOWED_ORIGINS: 'https://a.example *' }, /CACHEGRAPH_ALLOWED_ORIGINS\.1: expected the origin/],
    [
      { allowedHosts: ['*.internal'] },
      {},
      /--allowed-hosts\.0: expected a host name without scheme, port and wildcard/,
    ],
    [{}, { CACHEGRAPH_ALLOWED_HOSTS: 'a.internal,b.internal' }, /CACHEGRAPH_ALLOWED_HOSTS\.0: expected a host name/],
  ])('are rejected by name if they are invalid: %j %j', async (flags, env, message) => {
    await expect(loadConfig(flags, env)).rejects.toThrow(message);
  });

  it('go with request headers by name, without a wildcard', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    await writeFile(config, JSON.stringify({ allowedHeaders: ['x-tenant', '*'] }));
    await expect(loadConfig({ config }, {})).rejects.toThrow(/allowedHeaders\.1: expected the name of a header/);
  });
});

describe('Trusted proxies', () => {
  it('are ranges, and report in one header', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    const loaded = async (settings: object) => {
      await writeFile(config, JSON.stringify(settings));
      const { trustedProxies, trustedProxyHeader } = await loadConfig({ config }, {});
      return { trustedProxies, trustedProxyHeader };
    };
    expect(await loaded({})).toEqual({ trustedProxies: [], trustedProxyHeader: 'x-forwarded-for' });
    const settings = { trustedProxies: ['10.0.0.0/8', '::1'], trustedProxyHeader: 'forwarded' };
    expect(await loaded(settings)).toEqual(settings);
    await expect(loaded({ trustedProxies: ['::1', '0.0.0.0/0'] })).rejects.toThrow(
      /trustedProxies\.1: expected an address/,
    );
    await expect(loaded({ trustedProxyHeader: 'x-real-ip' })).rejects.toThrow(/trustedProxyHeader: .*forwarded/);
  });
});

describe('Limits', () => {
  it('of the server are all in the configuration, with the same defaults', async () => {
    expect((await loadConfig({}, {})).limits).toEqual(defaultLimits);
  });

  it('are rejected by name if they are invalid', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.json');
    await writeFile(config, JSON.stringify({ limits: { maxDepth: 0, maxTokens: 'many' } }));
    await expect(loadConfig({ config }, {})).rejects.toThrow(/limits\.maxTokens: [^]*limits\.maxDepth: /);
  });
});
