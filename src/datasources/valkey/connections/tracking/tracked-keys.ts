import { TrackedKey } from './tracked-key.js';

/** The tracked keys of one cluster, by name. */
export interface TrackedKeys {
  get(name: Buffer): TrackedKey | undefined;
  add(name: Buffer): TrackedKey;
  remove(key: TrackedKey): void;
  all(): readonly TrackedKey[];
  /** The keys that are registered on the node of this address, or are being registered there. */
  on(node: string): readonly TrackedKey[];
  byNode(): ReadonlyMap<string, readonly TrackedKey[]>;
  lost(): readonly TrackedKey[];
  clear(): void;
}

export function createTrackedKeys(): TrackedKeys {
  const keys = new Map<string, TrackedKey>();
  return {
    get: (name) => keys.get(idOf(name)),
    add(name) {
      const key = new TrackedKey(name);
      keys.set(idOf(name), key);
      return key;
    },
    remove: ({ name }) => void keys.delete(idOf(name)),
    all: () => [...keys.values()],
    on: (node) => [...keys.values()].filter((key) => key.node === node),
    byNode() {
      const byNode = new Map<string, TrackedKey[]>();
      for (const key of keys.values()) {
        if (key.node === undefined) continue;
        const alike = byNode.get(key.node);
        if (alike) alike.push(key);
        else byNode.set(key.node, [key]);
      }
      return byNode;
    },
    lost: () => [...keys.values()].filter(({ state }) => state === 'lost'),
    clear: () => keys.clear(),
  };
}

/** The name as the key of a map. Latin-1 maps each byte to its own character. */
function idOf(name: Buffer): string {
  return name.toString('latin1');
}
