import { administrator, type TestCluster, type TestValkey } from './valkey.js';

/** Moves one hash slot between primaries step by step, as an operator's tool does. */
export interface MovingSlot {
  readonly source: TestValkey;
  readonly target: TestValkey;
  /** Moves these keys. */
  move(...keys: readonly string[]): Promise<void>;
  /** Moves the rest, and assigns the slot on all primaries. */
  finish(): Promise<void>;
  /** Moves these keys back and cancels the move. */
  giveUp(...keys: readonly string[]): Promise<void>;
}

/** Begins to move the slot of a key from the primary that serves it to another. */
export async function beginToMove(cluster: TestCluster, key: string): Promise<MovingSlot> {
  const slot = String(await cluster.primaries[0]!.command('CLUSTER', 'KEYSLOT', key));
  const ids = new Map<TestValkey, string>();
  for (const node of cluster.primaries) ids.set(node, String(await node.command('CLUSTER', 'MYID')));
  const serves = async (node: TestValkey): Promise<boolean> =>
    // The error names another node if this one does not serve the key.
    await node.command('EXISTS', key).then(
      () => true,
      () => false,
    );
  const serving = await Promise.all(cluster.primaries.map(serves));
  const source = cluster.primaries[serving.indexOf(true)]!;
  const target = cluster.primaries.find((node) => node !== source)!;
  await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids.get(source)!);
  await source.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids.get(target)!);
  const migrate = async (from: TestValkey, to: TestValkey, keys: readonly string[]): Promise<void> => {
    const credentials = ['AUTH2', administrator.username, administrator.password];
    const where = [to.host, String(to.port), '', '0', '5000'];
    await from.command('MIGRATE', ...where, ...credentials, 'KEYS', ...keys);
  };
  const move = (...keys: readonly string[]): Promise<void> => migrate(source, target, keys);
  return {
    source,
    target,
    move,
    async giveUp(...keys) {
      await source.command('CLUSTER', 'SETSLOT', slot, 'STABLE');
      await migrate(target, source, keys);
      await target.command('CLUSTER', 'SETSLOT', slot, 'STABLE');
    },
    async finish() {
      for (;;) {
        const keys = await source.command('CLUSTER', 'GETKEYSINSLOT', slot, '100');
        if (!Array.isArray(keys) || keys.length === 0) break;
        await move(...keys.map(String));
      }
      const others = cluster.primaries.filter((node) => node !== target);
      for (const node of [target, ...others]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', ids.get(target)!);
    },
  };
}
