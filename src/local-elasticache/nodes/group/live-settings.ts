import type { ManagedNode } from '../node.js';

/** The parameter group's settings of a group's nodes, changed while these run. */
export interface LiveSettings {
  /**
   * Sets these on the running nodes, and on each that starts later. Rejects, after the others have been set, where a node
   * refused one.
   */
  apply(settings: Readonly<Record<string, string>>, nodes: readonly ManagedNode[]): Promise<void>;
  /** Tells a node that has just started, from the configuration of the group's start, what has changed since. */
  applyChanged(node: ManagedNode): Promise<void>;
}

export function createLiveSettings(): LiveSettings {
  let changed: Readonly<Record<string, string>> = {};
  return {
    async apply(settings, nodes) {
      changed = { ...changed, ...settings };
      const refused = await Promise.all(
        nodes.filter((node) => node.isRunning()).map((node) => setOnNode(node, settings)),
      );
      const messages = new Set(refused.flat());
      if (messages.size > 0) throw new Error(`These settings were refused: ${[...messages].join(', ')}`);
    },
    async applyChanged(node) {
      await setOnNode(node, changed);
    },
  };
}

async function setOnNode(node: ManagedNode, settings: Readonly<Record<string, string>>): Promise<string[]> {
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
