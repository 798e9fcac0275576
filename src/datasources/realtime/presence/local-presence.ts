import { ExpectedFailure } from '../../../domain/errors.js';
import type { MemberRecord, PresenceClaim } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { asFailure, isPermanent } from '../shared/failure.js';
import type { PresenceStore } from './presence-store.js';

/** The subscribers of one channel in this process, and how others get to know of them. */
export interface LocalPresence {
  /**
   * Somebody has come; returns how to leave. `refused` is called where a name cannot be told to the others.
   * @throws ExpectedFailure QUOTA_EXCEEDED where there are too many names
   */
  enter(claim: PresenceClaim | undefined, refused: (reason: Error) => void): () => void;
  /** Says that this process lives, and writes anew what is gone. */
  heartbeat(): void;
  /** Resolves when all that has changed is written, or cannot be. */
  written(): Promise<void>;
}

interface Subscriber {
  readonly claim: PresenceClaim | undefined;
  readonly since: Date;
  readonly refused: (reason: Error) => void;
}

/** Names of one channel in one process. */
const maxMembers = 5_000;
/** Between two writes of one channel: what comes meanwhile is written together. */
const pauseMs = 50;

/** `emptied` is called once the last has left and that is written. */
export function createLocalPresence(
  process: string,
  store: PresenceStore,
  { log, emptied }: { log: Logger; emptied: () => void },
): LocalPresence {
  const unnamed = new Set<Subscriber>();
  const members = new Map<string, Set<Subscriber>>();
  const changed = new Set<string>();
  let isDue = false;
  let isWhole = true;
  let writing: Promise<void> | undefined;
  let lastTrouble: string | undefined;

  const count = (): number => [...members.values()].reduce((sum, { size }) => sum + size, unnamed.size);
  const recordOf = (member: string): readonly MemberRecord[] => {
    const subscribers = [...(members.get(member) ?? [])];
    const [first, last] = [subscribers[0], subscribers.at(-1)];
    if (!first || !last) return [];
    const { since } = first;
    return [{ member, data: last.claim?.data ?? null, since, renewed: last.since, subscriptions: subscribers.length }];
  };
  const write = async (): Promise<void> => {
    isDue = false;
    const names = isWhole ? [...members.keys()] : [...changed];
    changed.clear();
    if (count() === 0) {
      isWhole = true;
      await store.remove(process);
      return;
    }
    const update = {
      subscribers: count(),
      changed: names.flatMap(recordOf),
      gone: names.filter((name) => !members.has(name)),
      isWhole,
    };
    isWhole = false;
    await store.write(process, update);
    lastTrouble = undefined;
  };
  const failed = (error: unknown): void => {
    isWhole = true;
    const reason = asFailure(error);
    if (reason.message !== lastTrouble)
      log.warn({ reason: reason.message }, 'the presence of a channel cannot be told');
    lastTrouble = reason.message;
    if (!isPermanent(reason)) return;
    for (const subscriber of [...members.values()].flatMap((all) => [...all])) subscriber.refused(reason);
  };
  const writeAll = async (): Promise<void> => {
    // At the end of this turn: all who come in it are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (isDue) {
      await write().catch(failed);
      if (count() > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
    writing = undefined;
    if (count() === 0) emptied();
  };
  const due = (member?: string): void => {
    if (member !== undefined) changed.add(member);
    isDue = true;
    writing ??= writeAll();
  };

  return {
    enter(claim, refused) {
      const member = claim?.member;
      const all = member === undefined ? unnamed : (members.get(member) ?? new Set());
      if (member !== undefined) {
        if (!members.has(member) && members.size >= maxMembers) {
          throw new ExpectedFailure(
            'QUOTA_EXCEEDED',
            `Expected at most ${maxMembers} names of subscribers of a channel.`,
          );
        }
        members.set(member, all);
      }
      const subscriber = { claim, since: new Date(), refused };
      all.add(subscriber);
      due(member);
      return () => {
        if (!all.delete(subscriber)) return;
        if (member !== undefined && all.size === 0) members.delete(member);
        due(member);
      };
    },
    heartbeat() {
      if (count() === 0 || writing) return;
      if (isWhole) {
        due();
        return;
      }
      store.heartbeat(process).then(
        (stands) => {
          if (stands) return;
          isWhole = true;
          due();
        },
        (error: unknown) => {
          isWhole = true;
          log.debug({ err: error }, 'the presence of a channel cannot be kept for now');
        },
      );
    },
    written: async () => await writing,
  };
}
