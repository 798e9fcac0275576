import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import { commonPrefixes } from './common-prefixes.js';
import type { TrackedKey } from './tracked-key.js';
import type { TrackingSocket, TrackingSocketListener } from './tracking-socket.js';

/**
 * Additional connections to nodes with many tracked keys (BCAST). A node reports every change of a key with one of their prefixes, so
 * that it remembers no key, and no key has to be registered again after a change. See docs/decisions/watching-keys.md.
 */
export interface Broadcasts {
  /** Whether changes of the key are reported without a registration. */
  covers(key: TrackedKey): boolean;
  /** Opens and closes connections according to the keys of each node. */
  consider(keysByNode: ReadonlyMap<string, readonly TrackedKey[]>): void;
  /** Closes all connections without calling `lost`. */
  closeAll(): void;
}

interface BroadcastsOptions {
  readonly open: (
    endpoint: Endpoint,
    listener: TrackingSocketListener,
    prefixes: readonly Buffer[],
  ) => Promise<TrackingSocket>;
  readonly endpoints: () => readonly Endpoint[];
  /** Returns false if the key is not tracked on this node. */
  readonly changed: (node: string, name: Buffer) => boolean;
  readonly flushed: (node: string) => void;
  /** The connection was lost: changes of the keys that it covered are missed from now on. */
  readonly lost: (node: string, wasCovered: (key: TrackedKey) => boolean) => void;
  /** Registers the keys of a node, which are not covered any more. */
  readonly register: (node: string) => Promise<void>;
}

interface Broadcast {
  readonly prefixes: readonly string[];
  readonly socket: TrackingSocket;
}

/** So many keys of one node are registered one by one: docs/decisions/watching-keys.md has measured why. */
const threshold = 1000;
/** More prefixes cost the node time for each write of any key: measured in docs/decisions/watching-keys.md. */
const mostPrefixes = 16;
/** So many reports of other keys cost as much as the registration of a key after its change. */
const foreignPerChange = 10;
const foreignAtLeast = 10_000;
/** How long a node with too many changes of other keys is left alone. */
const pauseMs = 60_000;

export function createBroadcasts(options: BroadcastsOptions): Broadcasts {
  const broadcasts = new Map<string, Broadcast>();
  /** Nodes whose connection is opening, and until when nodes are left alone. */
  const opening = new Set<string>();
  const pausedUntil = new Map<string, number>();
  /** Connections that were requested before the last `closeAll` are not used. */
  let generation = 0;

  const covers = (key: TrackedKey): boolean =>
    key.node !== undefined && isCovered(key, broadcasts.get(key.node)?.prefixes);
  const open = async (node: string, endpoint: Endpoint, names: readonly string[]): Promise<void> => {
    const prefixes = commonPrefixes(names, mostPrefixes);
    if (!prefixes) {
      pausedUntil.set(node, performance.now() + pauseMs);
      return;
    }
    let changes = 0;
    let foreign = 0;
    const begun = generation;
    const ended = new AbortController();
    opening.add(node);
    try {
      const socket = await options.open(
        endpoint,
        {
          invalidated(keys) {
            for (const key of keys) {
              if (options.changed(node, key)) changes += 1;
              else foreign += 1;
            }
            if (foreign > foreignAtLeast + foreignPerChange * changes) void end(node);
          },
          flushed: () => options.flushed(node),
          lost() {
            ended.abort();
            if (broadcasts.get(node)?.prefixes !== prefixes) return;
            broadcasts.delete(node);
            options.lost(node, (key) => isCovered(key, prefixes));
          },
        },
        prefixes.map((prefix) => Buffer.from(prefix, 'latin1')),
      );
      if (begun !== generation) socket.close();
      else if (!ended.signal.aborted) {
        const former = broadcasts.get(node);
        broadcasts.set(node, { prefixes, socket });
        former?.socket.close();
      }
    } catch {
      // The keys stay registered one by one.
      pausedUntil.set(node, performance.now() + pauseMs);
    } finally {
      opening.delete(node);
    }
  };
  /** The connection is closed only when the keys are registered one by one again, so that no change is missed. */
  const end = async (node: string): Promise<void> => {
    const ending = broadcasts.get(node);
    if (!ending) return;
    broadcasts.delete(node);
    pausedUntil.set(node, performance.now() + pauseMs);
    await options.register(node);
    ending.socket.close();
  };

  return {
    covers,
    consider(keysByNode) {
      for (const [node, { socket }] of broadcasts) {
        const count = keysByNode.get(node)?.length ?? 0;
        if (count === 0) {
          broadcasts.delete(node);
          socket.close();
        } else if (count < threshold / 2) void end(node);
      }
      for (const [node, keys] of keysByNode) {
        if (keys.length <= threshold || opening.has(node)) continue;
        if (performance.now() < (pausedUntil.get(node) ?? 0)) continue;
        if (keys.filter((key) => !covers(key)).length <= threshold) continue;
        const endpoint = options.endpoints().find((each) => endpointKey(each) === node);
        const names = keys.map(({ name }) => name.toString('latin1'));
        if (endpoint) void open(node, endpoint, names);
      }
    },
    closeAll() {
      generation += 1;
      for (const { socket } of broadcasts.values()) socket.close();
      broadcasts.clear();
    },
  };
}

function isCovered({ name }: TrackedKey, prefixes: readonly string[] = []): boolean {
  const text = prefixes.length > 0 ? name.toString('latin1') : '';
  return prefixes.some((prefix) => text.startsWith(prefix));
}
