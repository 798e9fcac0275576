import type { ManagedNode } from '../node.js';

/** Changes settings of the parameter group on running nodes. */
export interface LiveSettings {
  /**
   * Sets these settings on the running nodes, and on each that starts later. If a node refuses one, rejects after
   * setting the others.
   */
  apply(settings: Readonly<Record<string, string>>, nodes: readonly ManagedNode[]): Promise<void>;
  /** Applies to a newly started node the changes since the start of the group, whose configuration the node has read. */
  applyTo(node: ManagedNode): Promise<void>;
}

export function createLiveSettings(): LiveSettings {
  let changed: Readonly<Record<string, string>> = {};
  return {
    async apply(settings, nodes) {
      changed = { ...changed, ...settings };
      const refused = await Promise.all(nodes.filter((node) => node.isRunning()).map((node) => setOn(node, settings)));
      const messages = new Set(refused.flat());
      if (messages.size > 0) throw new Error(`These settings were refused: ${[...messages].join(', ')}`);
    },
    async applyTo(node) {
      await setOn(node, changed);
    },
  };
}

async function setOn(node: ManagedNode, settings: Readonly<Record<string, string>>): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
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
