import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../../src/local-elasticache/nodes/process/run-command.js';
import { createRestartBackoff } from '../../../../src/local-elasticache/nodes/shard/restart-backoff.js';
import {
  createUnresponsiveNodes,
  isUnanswered,
} from '../../../../src/local-elasticache/nodes/shard/unresponsive-nodes.js';
import { runAllOrAbort } from '../../../../src/local-elasticache/nodes/process/run-all-or-abort.js';
import { freePorts, isFree } from '../../../../src/local-elasticache/nodes/process/ports.js';
import { createSerial } from '../../../../src/runtime/serial.js';
import { launch } from '../../../../src/local-elasticache/nodes/process/server-process.js';
import { parseRole } from '../../../../src/local-elasticache/nodes/role.js';

afterEach(() => void vi.unstubAllEnvs());

describe('the environment of a program that is started', () => {
  /** The output of `env` started in place of a node. */
  async function environmentOfNode(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'cachegraph-environment-'));
    try {
      const logFile = join(directory, 'log');
      const binary = { path: '/usr/bin/env', engine: 'valkey', version: '8.0.1', env: { ADDED: 'yes' } } as const;
      await (
        await launch({ binary, directory, args: [], logFile })
      ).exited;
      return await readFile(logFile, 'utf8');
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  it.each([
    { title: 'a node', read: environmentOfNode },
    { title: 'a tool', read: () => runCommand('/usr/bin/env', [], { env: { ADDED: 'yes' } }) },
  ])('has a fixed locale and no credentials: $title', async ({ read }) => {
    for (const name of ['LANG', 'LANGUAGE', 'LC_ALL', 'LC_COLLATE']) vi.stubEnv(name, 'xx_XX.UTF-8');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-of-the-environment');
    const entries = (await read()).split('\n');
    expect(entries.filter((entry) => /^(LANG|LC_)/.test(entry))).toEqual(['LC_ALL=C']);
    expect(entries).toEqual(expect.arrayContaining(['ADDED=yes', `PATH=${process.env['PATH']}`]));
    expect(entries.join('\n')).not.toContain('canary-of-the-environment');
  });

  it('of a tool contains the proxies, which downloads may need', async () => {
    vi.stubEnv('https_proxy', 'http://proxy.example:3128');
    expect(await runCommand('/usr/bin/env', [])).toContain('https_proxy=http://proxy.example:3128');
  });
});

describe('free ports', () => {
  it('are distinct, unused and not reserved', async () => {
    const ports = await freePorts('127.0.0.1', 20);
    expect(new Set(ports).size).toBe(20);
    const others = await freePorts('127.0.0.1', 20, new Set(ports));
    expect(others.filter((port) => ports.includes(port))).toEqual([]);
  });

  it('are not those on which a program listens', async () => {
    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await isFree('127.0.0.1', (server.address() as AddressInfo).port)).toBe(false);
  });
});

describe('a node that ends again and again', () => {
  it('is restarted at once, then with growing delays, up to half a minute', () => {
    const restarts = createRestartBackoff<string>(() => 0);
    const waits = Array.from({ length: 10 }, () => restarts.ended('node'));
    expect(waits).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('starts with no delay again after it has run for a while', () => {
    let now = 0;
    const restarts = createRestartBackoff<string>(() => now);
    restarts.ended('node');
    restarts.started('node');
    now = 61_000;
    expect(restarts.ended('node')).toBe(0);
  });
});

describe('a node that does not answer', () => {
  it('counts as frozen after several consecutive misses over some seconds', () => {
    let now = 0;
    const silence = createUnresponsiveNodes<string>(() => now);
    const missAt = (time: number): boolean => {
      now = time;
      return silence.missed('node', false);
    };
    expect([0, 100, 200, 3_900].map(missAt)).toEqual([false, false, false, false]);
    expect(missAt(4_000)).toBe(true);
    silence.answered('node');
    expect([5_000, 15_000].map(missAt)).toEqual([false, false]);
  });

  it('is tolerated much longer while it is busy, but not forever', () => {
    let now = 0;
    const silence = createUnresponsiveNodes<string>(() => now);
    const missAt = (time: number, isBusy: boolean): boolean => {
      now = time;
      return silence.missed('node', isBusy);
    };
    expect([0, 3_000, 6_000, 60_000].map((time) => missAt(time, true))).toEqual([false, false, false, false]);
    // When it stops working, it is treated like any other node.
    expect([61_000, 62_000, 63_900].map((time) => missAt(time, false))).toEqual([false, false, false]);
    expect(missAt(64_000, false)).toBe(true);
    silence.answered('node');
    expect([100_000, 150_000, 219_999].map((time) => missAt(time, true))).toEqual([false, false, false]);
    expect(missAt(220_000, true)).toBe(true);
  });

  it('answers if it replies with an error', () => {
    expect(isUnanswered(new Error('LOADING Valkey is loading the dataset in memory'))).toBe(false);
    expect(isUnanswered(new Error('Socket closed unexpectedly'))).toBe(true);
  });
});

describe('serial tasks', () => {
  it('run one after another, even after a failed one', async () => {
    const serially = createSerial();
    const seen: string[] = [];
    const failing = serially(async () => {
      await Promise.resolve();
      seen.push('first');
      throw new Error('failed');
    });
    const second = serially(() => Promise.resolve(seen.push('second')));
    await expect(failing).rejects.toThrow('failed');
    await second;
    expect(seen).toEqual(['first', 'second']);
  });
});

describe('tasks of which all must succeed', () => {
  it('are aborted by the first failure, which is thrown', async () => {
    const ended: string[] = [];
    const result = runAllOrAbort(['fails', 'waits'], new AbortController().signal, async (item, signal) => {
      if (item === 'fails') throw new Error('the first');
      if (!signal.aborted) await once(signal, 'abort');
      ended.push(item);
      throw new Error('called off');
    });
    await expect(result).rejects.toThrow('the first');
    expect(ended).toEqual(['waits']);
  });
});

describe('the role of a node', () => {
  it('is parsed from the reply of ROLE', () => {
    expect(parseRole(['master', 10, []])).toEqual({ role: 'primary', offset: 10 });
    expect(parseRole(['slave', '127.0.0.1', 21_001, 'sync', -1])).toEqual({
      role: 'replica',
      of: 21_001,
      inSync: false,
      offset: -1,
    });
    expect(() => parseRole('OK')).toThrow('ROLE');
  });
});
