import type { ManagedNode } from '../node.js';

/** The requested restarts of a shard's nodes, which are in progress. */
export interface Reboots {
  /** Begins the reboot of a node. Resolves when `completed` is called for it, rejects when `ended` is called again. */
  begin(node: ManagedNode): Promise<void>;
  /**
   * To be called when a node's process has ended.
   * @returns whether that was requested. If its next process ends too, the reboot has failed.
   */
  ended(node: ManagedNode, how: string): boolean;
  /** To be called when a node serves after its restart. @returns whether that completes a reboot */
  completed(node: ManagedNode): boolean;
  /** Whether the node is being rebooted, so that no other node replaces it. */
  includes(this: void, node: ManagedNode): boolean;
  /** Ends the reboot of a node that is released, or whose group closes. */
  abandon(node: ManagedNode): void;
  isAny(): boolean;
  /** Resolves when the reboots that are in progress have ended. */
  settled(): Promise<void>;
}

interface Reboot {
  readonly done: Promise<void>;
  hasEnded: boolean;
  resolve(): void;
  reject(cause: Error): void;
}

export function createReboots(): Reboots {
  const inProgress = new Map<ManagedNode, Reboot>();
  const finish = (node: ManagedNode): Reboot | undefined => {
    const reboot = inProgress.get(node);
    inProgress.delete(node);
    return reboot;
  };
  return {
    begin(node) {
      if (inProgress.has(node)) return Promise.reject(new Error(`Node ${node.id} is already being rebooted.`));
      let resolve: () => void = () => undefined;
      let reject: (cause: Error) => void = () => undefined;
      const done = new Promise<void>((onDone, onFailure) => {
        resolve = onDone;
        reject = onFailure;
      });
      inProgress.set(node, { done, hasEnded: false, resolve, reject });
      return done;
    },
    ended(node, how) {
      const reboot = inProgress.get(node);
      if (!reboot) return false;
      if (!reboot.hasEnded) {
        reboot.hasEnded = true;
        return true;
      }
      finish(node)?.reject(new Error(`Node ${node.id} did not start again (${how}).`));
      return false;
    },
    completed(node) {
      if (!inProgress.get(node)?.hasEnded) return false;
      finish(node)?.resolve();
      return true;
    },
    includes: (node) => inProgress.has(node),
    abandon: (node) => finish(node)?.reject(new Error(`The reboot of node ${node.id} was interrupted.`)),
    isAny: () => inProgress.size > 0,
    async settled() {
      await Promise.allSettled([...inProgress.values()].map(({ done }) => done));
    },
  };
}
