import type { ManagedNode } from '../node.js';

/** The requested restarts of a shard's nodes, which are in progress. */
export interface Reboots {
  /**
   * Begins the reboot of a node. Resolves when `completed` is called for it. Rejects when `ended` is called again, or if the
   * node does not serve in time after its process has started.
   */
  begin(node: ManagedNode): Promise<void>;
  /**
   * To be called when a node's process has ended.
   * @returns whether that was requested. If its next process ends too, the reboot has failed.
   */
  ended(node: ManagedNode, how: string): boolean;
  /** To be called when a node's new process has loaded its data and answers. A load without progress ends the process. */
  answers(node: ManagedNode): void;
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
  limit?: NodeJS.Timeout;
  resolve(): void;
  reject(cause: Error): void;
}

/** @param limitMs how long a node whose process answers may take to serve, e.g. to get in sync with its primary */
export function createReboots(limitMs: number): Reboots {
  const inProgress = new Map<ManagedNode, Reboot>();
  const finish = (node: ManagedNode): Reboot | undefined => {
    const reboot = inProgress.get(node);
    inProgress.delete(node);
    clearTimeout(reboot?.limit);
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
    answers(node) {
      const reboot = inProgress.get(node);
      if (!reboot?.hasEnded) return;
      clearTimeout(reboot.limit);
      reboot.limit = setTimeout(() => {
        finish(node)?.reject(new Error(`Node ${node.id} did not serve within ${limitMs} ms after it had started.`));
      }, limitMs);
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
