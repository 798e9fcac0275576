import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { renderConfig } from '../../../../src/local-elasticache/nodes/config.js';
import { createNode, NodeFailed, type ManagedNode } from '../../../../src/local-elasticache/nodes/node.js';
import { freePorts } from '../../../../src/local-elasticache/nodes/process/ports.js';
import { canary } from '../../../helpers/run/canary.js';
import { eventually } from '../../../helpers/run/eventually.js';

const host = '127.0.0.1';
const administrator = { username: 'administrator', password: canary('node') };
const { signal } = new AbortController();
const valueSize = 100_000;

let directory: string;
const logFile = () => join(directory, 'valkey.log');
const appendOnly = () => join(directory, 'appendonlydir');
let port = 0;

async function nodeWith(settings: Record<string, string> = {}): Promise<ManagedNode> {
  const config = (): string => renderConfig({ host, port, directory, administrator, settings });
  const binary = await resolveValkey();
  return createNode({ id: 'node', host, port, directory, binary, administrator, ca: undefined, config });
}

/** Rejects if the node starts. */
async function failureOf(started: Promise<unknown>): Promise<NodeFailed> {
  const failure: unknown = await started.then(
    () => new Error('The node has started.'),
    (cause: unknown) => cause,
  );
  if (failure instanceof NodeFailed) return failure;
  throw failure;
}

async function fileOf(kind: string): Promise<string> {
  const names = await readdir(appendOnly());
  return join(
    appendOnly(),
    names.find((name) => name.endsWith(kind))!,
  );
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cachegraph-unreadable-'));
  [port = 0] = await freePorts(host, 1);
  const node = await nodeWith();
  await node.start(signal);
  // In the base file after a rewrite, then in the incremental file.
  for (let key = 0; key < 100; key += 1) await node.command('SET', `base:${key}`, 'x'.repeat(valueSize));
  await node.command('BGREWRITEAOF');
  await eventually(async () => {
    const info = String(await node.command('INFO', 'persistence'));
    expect(info).toContain('aof_rewrite_in_progress:0');
    expect(await readdir(appendOnly())).toContain('appendonly.aof.2.base.rdb');
  });
  await node.command('SET', 'incremental', 'x');
  await node.stop();
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('data that a node did not load', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'are not unreadable if %s ended the node while it loaded them',
    async (name) => {
      const before = (await readFile(logFile(), 'utf8')).length;
      const node = await nodeWith({ 'key-load-delay': '50000' });
      const started = failureOf(node.start(signal));
      await eventually(async () =>
        expect((await readFile(logFile(), 'utf8')).slice(before)).toContain('Reading RDB base file on AOF loading'),
      );
      process.kill(node.processId()!, name);
      const failure = await started;
      expect(failure.message).toContain('AOF');
      expect(failure.dataUnreadable).toBe(false);
    },
  );

  const faults: Record<string, () => Promise<void>> = {
    'the list of files makes no sense': () => writeFile(join(appendOnly(), 'appendonly.aof.manifest'), 'nonsense\n'),
    'the list of files is empty': () => truncate(join(appendOnly(), 'appendonly.aof.manifest')),
    'the base file is cut off': async () => truncate(await fileOf('.base.rdb'), valueSize / 100),
    'the base file makes no sense': async () => writeFile(await fileOf('.base.rdb'), 'nonsense'),
    'the base file is gone': async () => rm(await fileOf('.base.rdb')),
    'the incremental file makes no sense': async () => writeFile(await fileOf('.incr.aof'), 'nonsense\n'.repeat(9)),
    'the incremental file has an unknown command': async () =>
      writeFile(await fileOf('.incr.aof'), '*1\r\n$8\r\nNONSENSE\r\n'),
    'the incremental file is gone': async () => rm(await fileOf('.incr.aof')),
  };
  it.each(Object.keys(faults))('are unreadable if %s', async (fault) => {
    const names = await readdir(appendOnly());
    const kept = await Promise.all(
      names.map(async (name) => [name, await readFile(join(appendOnly(), name))] as const),
    );
    try {
      await faults[fault]!();
      const node = await nodeWith();
      const failure = await failureOf(node.start(signal));
      expect(failure.dataUnreadable, failure.message).toBe(true);
    } finally {
      for (const [name, content] of kept) await writeFile(join(appendOnly(), name), content);
    }
  });

  it('are loaded completely at the next start', async () => {
    const node = await nodeWith();
    try {
      await node.start(signal);
      expect(await node.command('DBSIZE')).toBe(101);
    } finally {
      await node.stop();
    }
  });
});
