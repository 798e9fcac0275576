import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSupported } from '../../../../src/local-elasticache/nodes/binary/examine.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';

/** A folder with programs that print `banner`. */
async function folderWith(programs: Readonly<Record<string, string>>): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'cachegraph-path-'));
  for (const [name, banner] of Object.entries(programs)) {
    await mkdir(join(path, name, '..'), { recursive: true });
    await writeFile(join(path, name), `#!/bin/sh\necho '${banner}'\n`);
    await chmod(join(path, name), 0o755);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const valkey = 'Valkey server v=8.1.0 sha=00000000:0 malloc=libc bits=64 build=0';
const redis = 'Redis server v=7.0.15 sha=00000000:0 malloc=libc bits=64 build=0';

describe('the valkey-server that is used', () => {
  it('is the one that the environment names, possibly a Redis 7.0 or later', async () => {
    await using folder = await folderWith({ 'my-redis': redis, 'valkey-server': valkey });
    const named = join(folder.path, 'my-redis');
    const env = { CACHEGRAPH_VALKEY_SERVER: named, PATH: folder.path };
    expect(await resolveValkey({ env })).toEqual({ path: named, engine: 'redis', version: '7.0.15', env: {} });
  });

  it('is never replaced by another if the named one cannot be used', async () => {
    await using folder = await folderWith({
      old: redis.replace('7.0.15', '6.2.6'),
      other: 'hello',
      'valkey-server': valkey,
    });
    const named = (name: string) =>
      resolveValkey({ env: { CACHEGRAPH_VALKEY_SERVER: join(folder.path, name), PATH: folder.path } });
    await expect(named('old')).rejects.toThrow('redis 6.2.6; expected Valkey 7.2 or later, or Redis 7.0 or later');
    await expect(named('other')).rejects.toThrow('does not run as a server');
    await expect(named('absent')).rejects.toThrow('brew install valkey');
  });

  it("is the PATH's, unless that is a Redis by another name", async () => {
    await using real = await folderWith({ 'valkey-server': valkey });
    await using disguised = await folderWith({ 'valkey-server': redis });
    const env = { PATH: `${disguised.path}:${real.path}` };
    expect(await resolveValkey({ env })).toMatchObject({ path: join(real.path, 'valkey-server'), version: '8.1.0' });
  });

  it('is the one in the cache folder if the PATH has none', async () => {
    const place = `cachegraph/valkey-${process.platform}-${process.arch}/usr/bin/valkey-server`;
    await using cache = await folderWith({ [place]: valkey });
    expect(await resolveValkey({ env: { PATH: '/nowhere', XDG_CACHE_HOME: cache.path } })).toMatchObject({
      path: join(cache.path, place),
    });
  });
});

describe('CACHEGRAPH_VALKEY_VERSION', () => {
  const version = { CACHEGRAPH_VALKEY_VERSION: '9' };
  const later = valkey.replace('8.1.0', '9.0.4');
  /** No connection is accepted there. */
  const gone = { CACHEGRAPH_DEBIAN_MIRROR: 'http://127.0.0.1:1/debian' };

  it('accepts only a server of that version from the PATH', async () => {
    await using older = await folderWith({ 'valkey-server': valkey });
    await using newer = await folderWith({ 'valkey-server': later });
    const env = { ...version, PATH: `${older.path}:${newer.path}` };
    expect(await resolveValkey({ env })).toMatchObject({ path: join(newer.path, 'valkey-server'), version: '9.0.4' });
  });

  it('refuses another version of the server that the environment names', async () => {
    await using folder = await folderWith({ 'valkey-server': valkey });
    const env = { ...version, CACHEGRAPH_VALKEY_SERVER: join(folder.path, 'valkey-server'), PATH: '' };
    await expect(resolveValkey({ env })).rejects.toThrow('is valkey 8.1.0; CACHEGRAPH_VALKEY_VERSION expects Valkey 9');
  });

  it('finds the version in a folder of its own in the cache', async () => {
    const place = `cachegraph/valkey-9.1.2-${process.platform}-${process.arch}/valkey-server`;
    await using cache = await folderWith({ [place]: valkey.replace('8.1.0', '9.1.2') });
    const env = { ...version, PATH: '/nowhere', XDG_CACHE_HOME: cache.path };
    expect(await resolveValkey({ env })).toMatchObject({ path: join(cache.path, place), version: '9.1.2' });
  });

  it('names what to set if the packages are gone, and leaves nothing behind', async () => {
    await using cache = await folderWith({});
    const env = { ...version, ...gone, PATH: '/nowhere', XDG_CACHE_HOME: cache.path };
    const resolving = resolveValkey({ env });
    await expect(resolving).rejects.toThrow(/CACHEGRAPH_VALKEY_SERVER=.*CACHEGRAPH_DEBIAN_MIRROR/);
    await expect(resolving).rejects.toThrow('No Valkey 9 on the PATH');
    expect(await readdir(join(cache.path, 'cachegraph'))).toEqual([]);
  });

  it('names the versions that it accepts', async () => {
    await expect(resolveValkey({ env: { CACHEGRAPH_VALKEY_VERSION: '10' } })).rejects.toThrow('expected one of 9.');
  });
});

describe('a version', () => {
  it.each([
    ['valkey', '7.2.0', true],
    ['valkey', '10.0.0', true],
    ['valkey', '7.1.9', false],
    ['redis', '7.0.0', true],
    ['redis', '6.2.14', false],
  ] as const)('of %s %s is supported: %s', (engine, version, expected) => {
    expect(isSupported({ engine, version })).toBe(expected);
  });
});
