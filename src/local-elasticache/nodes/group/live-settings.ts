import { requiresReboot } from '../../../domain/cluster/node-settings.js';
import { knownSettings } from '../engine-settings.js';
import type { ValkeyBinary } from '../interfaces.js';
import type { ManagedNode } from '../node.js';

type Settings = Readonly<Record<string, string>>;

/** The settings of the nodes: those of the parameter group that the engine has. */
export interface LiveSettings {
  /** The settings of a node that starts now. */
  ofStart(nodeId: string): Settings;
  /** The settings with which a node would start now. */
  ofNextStart(): Settings;
  /**
   * Sets these settings on the running nodes, and on each that starts later. If a node refuses one, rejects after
   * setting the others. What a node reads only when it starts waits for that.
   */
  apply(settings: Settings, nodes: readonly ManagedNode[]): Promise<void>;
  /** Sets the settings with which nodes start from now on. Running nodes keep theirs. */
  replace(settings: Settings): void;
  /** Whether the node has started since the last `replace`. */
  isReplaced(nodeId: string): boolean;
  /** Applies to a newly started node the changes since it read its configuration. */
  applyTo(node: ManagedNode): Promise<void>;
  /** Whether the node runs an earlier value of a setting that it reads only when it starts. */
  needsReboot(nodeId: string): boolean;
}

export function createLiveSettings(initial: Settings, binary: ValkeyBinary): LiveSettings {
  const known = (settings: Settings): Settings => knownSettings(binary, settings);
  let current = known(initial);
  const read = new Map<string, Settings>();
  let replaced = new Set<string>();
  return {
    ofStart(nodeId) {
      read.set(nodeId, current);
      replaced.add(nodeId);
      return current;
    },
    ofNextStart: () => current,
    replace(settings) {
      current = known(settings);
      replaced = new Set();
    },
    isReplaced: (nodeId) => replaced.has(nodeId),
    async apply(settings, nodes) {
      const changed = known(settings);
      current = { ...current, ...changed };
      const refused = await Promise.all(nodes.filter((node) => node.isRunning()).map((node) => setOn(node, changed)));
      const messages = new Set(refused.flat());
      if (messages.size > 0) throw new Error(`These settings were refused: ${[...messages].join(', ')}`);
    },
    async applyTo(node) {
      const before = read.get(node.id) ?? {};
      const later = Object.entries(current).filter(([name, value]) => before[name] !== value);
      await setOn(node, Object.fromEntries(later));
    },
    needsReboot(nodeId) {
      const before = read.get(nodeId);
      if (before === undefined || before === current) return false;
      return Object.entries(current).some(([name, value]) => requiresReboot(name) && before[name] !== value);
    },
  };
}

async function setOn(node: ManagedNode, settings: Settings): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    if (requiresReboot(name)) continue;
    try {
      await node.command('CONFIG', 'SET', name, value);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (!message.includes('CONFIG SET')) throw cause;
      refused.push(`${name} (${message})`);
    }
  }
  return refused;
}
