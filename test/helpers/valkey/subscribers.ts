import { createLiveSource, type LiveListener, type LiveSource } from '../../../src/runtime/live-source.js';
import { eventually } from '../run/eventually.js';

/** A live source that a test controls, with its number of subscribers. */
export interface ManualSource<Event> {
  readonly source: LiveSource<Event>;
  readonly open: ReadonlySet<LiveListener<Event>>;
  readonly paused: ReadonlySet<LiveListener<Event>>;
  /** Called with each subscriber as it opens. */
  whenOpened?: (listener: LiveListener<Event>) => void;
  emit(this: void, event: Event): void;
  fail(this: void, reason: Error): void;
  complete(this: void): void;
  /** Resolves when that many subscribers are open. */
  hasOpen(count: number): Promise<void>;
}

export function createManualSource<Event>(): ManualSource<Event> {
  const open = new Set<LiveListener<Event>>();
  const paused = new Set<LiveListener<Event>>();
  const manual: ManualSource<Event> = {
    source: createLiveSource((listener) => {
      open.add(listener);
      manual.whenOpened?.(listener);
      return {
        pause: () => paused.add(listener),
        resume: () => paused.delete(listener),
        close: () => open.delete(listener),
      };
    }),
    open,
    paused,
    emit: (event) => [...open].forEach((listener) => listener.next(event)),
    fail: (reason) => [...open].forEach((listener) => listener.error(reason)),
    complete: () => [...open].forEach((listener) => listener.complete()),
    hasOpen: (count) =>
      eventually(() => {
        if (open.size !== count) throw new Error(`Expected ${count} open subscribers, there are ${open.size}.`);
      }),
  };
  return manual;
}
