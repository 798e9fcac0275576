import type { Logger } from '../../../telemetry/log.js';
import type { NodeEvent, RunningGroup } from '../interfaces.js';

/** Logs the events of a group's nodes, and passes them to listeners. */
export interface NodeEventEmitter {
  emit(this: void, event: NodeEvent): void;
  /** The first listener also receives the events before it. */
  readonly onEvent: RunningGroup['onEvent'];
}

export function createNodeEventEmitter(groupId: string, log: Logger): NodeEventEmitter {
  const listeners = new Set<(event: NodeEvent) => void>();
  /** Events before the first listener. */
  const early: NodeEvent[] = [];
  return {
    emit(event) {
      log.info({ group: groupId, event }, event.message);
      if (listeners.size === 0) early.push(event);
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (cause) {
          log.error({ err: cause }, 'A listener of node events failed');
        }
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      for (const event of early.splice(0)) listener(event);
      return () => void listeners.delete(listener);
    },
  };
}
