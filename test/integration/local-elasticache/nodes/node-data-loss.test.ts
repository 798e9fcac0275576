import { access, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type {
  GroupSpec,
  NodeEvent,
  NodeState,
  RunningGroup,
} from '../../../../src/local-elasticache/nodes/interfaces.js';
import { eventually } from '../../../helpers/run/eventually.js';
import {
  enter,
  groupSpec,
  nodesOf,
  primaryOf,
  processId,
  replicasOf,
  startFleet,
  type TestFleet,
} from '../../../helpers/elasticache/fleet.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

const any = (type: unknown): unknown => expect.any(type);
const layoutFile = ({ dataDir }: { dataDir: string }) => join(dataDir, 'nodes', 'orders', 'group.json');
const folder = ({ dataDir }: { dataDir: string }, node: { id: string }) => join(dataDir, 'nodes', 'orders', node.id);

/** The path of a node's incremental append-only file, or of another one. */
async function appendOnlyFile(directory: string, kind = '.incr.aof'): Promise<string> {
  const files = await readdir(join(directory, 'appendonlydir'));
  return join(
    directory,
    'appendonlydir',
    files.find((name) => name.endsWith(kind))!,
  );
}

/** Valkey takes a damaged length for the end of the file and drops the rest. */
async function damageLength(directory: string): Promise<void> {
  const file = await appendOnlyFile(directory);
  const text = await readFile(file, 'latin1');
  await writeFile(file, text.replace('$4\r\nkept', '$9\r\nkept'), 'latin1');
}

const faults: Record<string, (directory: string) => Promise<void>> = {
  'whose file makes no sense': async (directory) => writeFile(await appendOnlyFile(directory), 'nonsense\n'.repeat(50)),
  'whose file is gone': async (directory) => rm(await appendOnlyFile(directory)),
  'whose folder is gone': (directory) => rm(directory, { recursive: true }),
  'whose list of files is gone': (directory) => rm(join(directory, 'appendonlydir', 'appendonly.aof.manifest')),
  'whose file is empty': async (directory) => truncate(await appendOnlyFile(directory)),
  'whose file is cut off': async (directory) => truncate(await appendOnlyFile(directory), 20),
  'whose base file is empty': async (directory) => truncate(await appendOnlyFile(directory, '.base.rdb')),
  'whose file has a damaged length': damageLength,
};
const shapes: Record<string, GroupSpec> = {
  'without cluster mode': groupSpec({ replicas: 2 }),
  'with cluster mode': groupSpec({ shards: 2, replicas: 1 }),
};

/** A stopped group whose first shard has a value on all its nodes. */
async function stoppedGroup(fleet: TestFleet, spec: GroupSpec): Promise<{ primary: NodeState; replicas: NodeState[] }> {
  const group = await fleet.start(spec);
  const [primary, replicas] = [primaryOf(group), replicasOf(group)];
  {
    await using client = await enter(primary);
    // Slot 5061 belongs to the first of two shards.
    await client.command('SET', 'bar', 'kept');
    await replicatedTo(replicas.length, client);
  }
  await fleet.close();
  return { primary, replicas };
}

async function allHaveValue(group: RunningGroup): Promise<void> {
  await eventually(() =>
    expect(nodesOf(group).map(({ health }) => health)).toEqual(nodesOf(group).map(() => 'available')),
  );
  await using client = await enter(primaryOf(group));
  expect(await client.command('GET', 'bar')).toBe('kept');
  await client.command('SET', '{bar}2', 'new');
  await replicatedTo(replicasOf(group).length, client);
  for (const node of replicasOf(group)) {
    await using replica = await enter(node);
    await replica.command('READONLY');
    expect(await replica.command('GET', 'bar'), node.id).toBe('kept');
    expect(await replica.command('GET', '{bar}2'), node.id).toBe('new');
  }
}

function eventsOf(group: RunningGroup): NodeEvent[] {
  const events: NodeEvent[] = [];
  group.onEvent((event) => events.push(event));
  return events;
}

const cases = Object.keys(faults).flatMap((fault) => Object.keys(shapes).map((shape) => ({ fault, shape })));

describe('a group that starts again', () => {
  it.each(cases)('with a primary $fault continues with a replica, $shape', async ({ fault, shape }) => {
    await using fleet = await startFleet();
    const { primary } = await stoppedGroup(fleet, shapes[shape]!);
    await faults[fault]!(folder(fleet, primary));
    await using again = await startFleet(fleet.dataDir);
    const group = await again.start(shapes[shape]!);
    expect(primaryOf(group).id).not.toBe(primary.id);
    await allHaveValue(group);
    const events = eventsOf(group);
    expect(events).toMatchObject([{ type: 'failover' }, { type: 'node-emptied', nodeId: primary.id }]);
    expect(events[1]!.message).toContain('starts empty and copies the data of');
    expect(events[1]!.message.includes('.broken-1')).toBe(!fault.includes('folder'));
  });

  it.each(Object.keys(shapes))('with a replica whose folder is missing gives it a copy, %s', async (shape) => {
    await using fleet = await startFleet();
    const { primary, replicas } = await stoppedGroup(fleet, shapes[shape]!);
    await rm(folder(fleet, replicas[0]!), { recursive: true });
    await using again = await startFleet(fleet.dataDir);
    const group = await again.start(shapes[shape]!);
    expect(primaryOf(group).id).toBe(primary.id);
    await allHaveValue(group);
    expect(eventsOf(group)).toMatchObject([{ type: 'node-emptied', nodeId: replicas[0]!.id }]);
    // As soon as the copy is on disk, the node counts as having data.
    await eventually(async () => {
      const { progress } = JSON.parse(await readFile(layoutFile(fleet), 'utf8')) as {
        progress: Record<string, object>;
      };
      expect(progress[replicas[0]!.id]).toEqual({ history: any(Number), offset: any(Number), files: any(Object) });
    });
  });

  it.each([
    { mode: 'without cluster mode', spec: groupSpec({ replicas: 2 }) },
    { mode: 'with cluster mode', spec: groupSpec({ shards: 1, replicas: 2 }) },
  ])('never promotes a node whose first copy was interrupted, $mode', async ({ spec }) => {
    await using fleet = await startFleet();
    const { primary, replicas } = await stoppedGroup(fleet, spec);
    const [emptied, holder] = [replicas[0]!, replicas[1]!];
    await rm(folder(fleet, emptied), { recursive: true });
    const interrupted = await startFleet(fleet.dataDir);
    // No copy completes: sending one value takes the primary longer than this test.
    const started = interrupted
      .start({ ...spec, settings: { 'rdb-key-save-delay': '100000000' } })
      .catch(() => undefined);
    await eventually(() => access(join(folder(fleet, emptied), 'appendonlydir', 'appendonly.aof.manifest')));
    await interrupted.close();
    await started;
    const aside = join(fleet.dataDir, 'aside');
    await mkdir(aside);
    for (const node of [primary, holder]) await rename(folder(fleet, node), join(aside, node.id));
    await using again = await startFleet(fleet.dataDir);
    await expect(again.start({ ...spec, hasRun: true })).rejects.toThrow(
      /No node of shard 0001 has its data.*"isEmpty"/,
    );
    await rm(folder(fleet, holder), { recursive: true });
    await rename(join(aside, holder.id), folder(fleet, holder));
    const group = await again.start(spec);
    expect(primaryOf(group).id).toBe(holder.id);
    await allHaveValue(group);
    // Nothing needs the interrupted copy any longer, nor the file that Valkey was receiving. The new copy may still be being rewritten.
    await eventually(async () => {
      const files = await readdir(folder(fleet, emptied));
      expect(files.filter((name) => name.includes('.broken-') || name.startsWith('temp-'))).toEqual([]);
    });
  });

  it('with a primary whose file ends in an incomplete change keeps its data without that change', async () => {
    await using fleet = await startFleet();
    const { primary } = await stoppedGroup(fleet, groupSpec({ replicas: 1 }));
    const file = await appendOnlyFile(folder(fleet, primary));
    await writeFile(file, '*3\r\n$3\r\nSET\r\n$4\r\nha', { flag: 'a' });
    await using again = await startFleet(fleet.dataDir);
    const group = await again.start(groupSpec({ replicas: 1 }));
    expect(primaryOf(group).id).toBe(primary.id);
    await allHaveValue(group);
  });

  it('promotes the replica with the latest known data', async () => {
    await using fleet = await startFleet();
    const spec = groupSpec({ replicas: 2 });
    const first = await fleet.start(spec);
    const [primary, replicas] = [primaryOf(first), replicasOf(first)];
    const layout = async () =>
      JSON.parse(await readFile(layoutFile(fleet), 'utf8')) as { progress?: Record<string, object> };
    await eventually(async () =>
      expect(Object.keys((await layout()).progress ?? {}).sort()).toEqual(nodesOf(first).map(({ id }) => id)),
    );
    await fleet.close();
    for (const latest of replicas) {
      const progress = Object.fromEntries(
        [primary, ...replicas].map((node) => [node.id, { history: 9, offset: node === latest ? 500 : 400 }]),
      );
      await writeFile(
        layoutFile(fleet),
        JSON.stringify({ ...(await layout()), primaries: { '0001': primary.id }, progress }),
      );
      await writeFile(await appendOnlyFile(folder(fleet, primary)), 'nonsense');
      const again = await startFleet(fleet.dataDir);
      expect(primaryOf(await again.start(spec)).id).toBe(latest.id);
      await again.close();
    }
  });

  it.each(['whose file is empty', 'whose file is cut off'])(
    'with a single node %s reports it, and starts if the file is restored',
    async (fault) => {
      await using fleet = await startFleet();
      const { primary } = await stoppedGroup(fleet, groupSpec({}));
      const file = await appendOnlyFile(folder(fleet, primary));
      const content = await readFile(file);
      await faults[fault]!(folder(fleet, primary));
      const left = (await stat(file)).size;
      for (let start = 0; start < 2; start += 1) {
        const again = await startFleet(fleet.dataDir);
        await expect(again.start(groupSpec({}))).rejects.toThrow(/contain less data than this node last had.*"files"/);
        await again.close();
        expect((await stat(file)).size).toBe(left);
      }
      await writeFile(file, content);
      await using again = await startFleet(fleet.dataDir);
      await allHaveValue(await again.start(groupSpec({})));
    },
  );

  it('whose nodes have swapped folders reports it', async () => {
    await using fleet = await startFleet();
    const spec = groupSpec({ shards: 2 });
    const group = await fleet.start(spec);
    const [one, other] = [primaryOf(group, 0), primaryOf(group, 1)];
    await fleet.close();
    const aside = join(fleet.dataDir, 'aside');
    await rename(folder(fleet, one), aside);
    await rename(folder(fleet, other), folder(fleet, one));
    await rename(aside, folder(fleet, other));
    await using again = await startFleet(fleet.dataDir);
    await expect(again.start(spec)).rejects.toThrow(/nodes\.conf belongs to another node/);
  });

  it('without any data reports it and stays down instead of starting empty', async () => {
    await using fleet = await startFleet();
    const { primary, replicas } = await stoppedGroup(fleet, groupSpec({ replicas: 1 }));
    const spec = { ...groupSpec({ replicas: 1 }), hasRun: true };
    const places = [primary, ...replicas].map((node) => folder(fleet, node));
    const aside = `${fleet.dataDir}/aside`;
    await mkdir(aside);
    for (const [index, place] of places.entries())
      await rename(join(place, 'appendonlydir'), join(aside, String(index)));
    await using again = await startFleet(fleet.dataDir);
    await expect(again.start(spec)).rejects.toThrow(/No node of shard 0001 has its data/);
    for (const [index, place] of places.entries()) {
      expect(await readdir(place)).not.toContain('appendonlydir');
      await rename(join(aside, String(index)), join(place, 'appendonlydir'));
    }
    await allHaveValue(await again.start(spec));
  });
});

describe('a node that loses its data while it runs', () => {
  it('does not start with less data than it had if it is alone', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    const events = eventsOf(group);
    const node = primaryOf(group);
    {
      await using client = await enter(node);
      await client.command('SET', 'bar', 'kept');
    }
    const file = await appendOnlyFile(folder(fleet, node));
    const content = await readFile(file);
    await eventually(async () => {
      const { progress } = JSON.parse(await readFile(layoutFile(fleet), 'utf8')) as {
        progress: Record<string, { files: Record<string, number> }>;
      };
      expect(progress[node.id]!.files[basename(file)]).toBe(content.length);
    });
    await truncate(file);
    process.kill(await processId(node), 'SIGKILL');
    await eventually(() => expect(events.at(-1)?.message).toContain('its restart failed'));
    expect(primaryOf(group).health).toBe('down');
    await writeFile(file, content);
    await allHaveValue(group);
  });

  it('does not start empty if it is alone, and returns with its data', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    const events = eventsOf(group);
    const node = primaryOf(group);
    {
      await using client = await enter(node);
      await client.command('SET', 'bar', 'kept');
    }
    const [here, aside] = [join(folder(fleet, node), 'appendonlydir'), join(fleet.dataDir, 'aside')];
    await rename(here, aside);
    process.kill(await processId(node), 'SIGKILL');
    await eventually(() => expect(events.length).toBeGreaterThan(1));
    expect(primaryOf(group).health).toBe('down');
    expect(events.at(-1)!.message).toContain('its restart failed');
    expect(await readdir(folder(fleet, node))).not.toContain('appendonlydir');
    await rename(aside, here);
    await allHaveValue(group);
  });

  it('receives a copy from its successor if it was a primary', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const node = primaryOf(group);
    {
      await using client = await enter(node);
      await client.command('SET', 'bar', 'kept');
      await replicatedTo(1, client);
    }
    const file = await appendOnlyFile(folder(fleet, node));
    await truncate(file, 0);
    await writeFile(file, 'nonsense');
    process.kill(await processId(node), 'SIGKILL');
    await eventually(() => expect(primaryOf(group).id).not.toBe(node.id));
    await allHaveValue(group);
  });
});
