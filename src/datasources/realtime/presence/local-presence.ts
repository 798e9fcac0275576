import { ExpectedFailure } from '../../../domain/errors.js';
import type { MemberRecord, PresenceClaim } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { asFailure } from '../shared/failure.js';
import { isPermanent } from '../shared/reconnection-policy.js';
import type { PresenceStore } from './presence-store.js';

/** The subscribers of one channel in this process, which are written to Valkey for the other processes. */
export interface LocalPresence {
  /**
   * Adds a subscriber and returns a function that removes it. `refused` is called if Valkey permanently refuses to store its name.
   * @throws ExpectedFailure QUOTA_EXCEEDED if there are too many names
   */
  enter(claim: PresenceClaim | undefined, refused: (reason: Error) => void): () => void;
  /** Renews the expiry of what this process wrote, and writes it again if it has expired. */
  heartbeat(): void;
  /** Resolves when all changes are written or have failed. */
  written(): Promise<void>;
}

interface Subscriber {
  readonly claim: PresenceClaim | undefined;
  readonly since: Date;
  readonly refused: (reason: Error) => void;
}

/** Most names of one channel in one process. */
const maxMembers = 5_000;
/** Pause between two writes of one channel. Changes during the pause are written together. */
const pauseMs = 50;

/** `emptied` is called when the last subscriber has left and its removal is written. */
export function createLocalPresence(
  process: string,
  store: PresenceStore,
  { log, emptied }: { log: Logger; emptied: () => void },
): LocalPresence {
  const unnamed = new Set<Subscriber>();
  const members = new Map<string, Set<Subscriber>>();
  const changed = new Set<string>();
  let isDue = false;
  let replacesAll = true;
  let writing: Promise<void> | undefined;
  let lastProblem: string | undefined;

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
    const names = replacesAll ? [...members.keys()] : [...changed];
    changed.clear();
    if (count() === 0) {
      replacesAll = true;
      await store.remove(process);
      return;
    }
    const update = {
      subscribers: count(),
      changed: names.flatMap(recordOf),
      gone: names.filter((name) => !members.has(name)),
      replacesAll,
    };
    replacesAll = false;
    await store.write(process, update);
    lastProblem = undefined;
  };
  const failed = (error: unknown): void => {
    replacesAll = true;
    const reason = asFailure(error);
    if (reason.message !== lastProblem)
      log.warn({ reason: reason.message }, 'the presence of a channel could not be written');
    lastProblem = reason.message;
    if (!isPermanent(reason)) return;
    for (const subscriber of [...members.values()].flatMap((all) => [...all])) subscriber.refused(reason);
  };
  const writeAll = async (): Promise<void> => {
    // At the end of this tick, so that all changes in it are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (isDue) {
      await write().catch(failed);
      if (count() > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
    writing = undefined;
    if (count() === 0) emptied();
  };
  const writeSoon = (member?: string): void => {
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
            `Expected at most ${maxMembers} named subscribers of a channel in one process.`,
          );
        }
        members.set(member, all);
      }
      const subscriber = { claim, since: new Date(), refused };
      all.add(subscriber);
      writeSoon(member);
      return () => {
        if (!all.delete(subscriber)) return;
        if (member !== undefined && all.size === 0) members.delete(member);
        writeSoon(member);
      };
    },
    heartbeat() {
      if (count() === 0 || writing) return;
      if (replacesAll) {
        writeSoon();
        return;
      }
      store.heartbeat(process).then(
        (exists) => {
          if (exists) return;
          replacesAll = true;
          writeSoon();
        },
        (error: unknown) => {
          replacesAll = true;
          log.debug({ err: error }, 'the presence of a channel could not be renewed');
        },
      );
    },
    written: async () => await writing,
  };
}
