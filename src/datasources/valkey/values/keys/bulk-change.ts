import calculateSlot from 'cluster-key-slot';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import type { Expiry } from '../../../../domain/key/expiry.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply, ReplyReceiver, ValkeyCommands } from '../../interfaces.js';
import { numberOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { expiryCommand } from '../expiry-command.js';

/** A change of one key: its deletion, or a new expiry. */
export type KeyChange = 'delete' | Expiry;

export interface BulkOutcome {
  readonly changed: number;
  /**
   * Keys whose reply was lost, and for which no later reply has confirmed a change: the lost attempt, or another client, may have changed
   * them.
   */
  readonly unconfirmed: number;
  /** Keys that Valkey refused to change. */
  readonly failed: number;
  /** The first refusal. */
  readonly refusal: ExpectedFailure | undefined;
  /** The number of commands that were sent. */
  readonly sent: number;
}

export const nothingChanged: BulkOutcome = { changed: 0, unconfirmed: 0, failed: 0, refusal: undefined, sent: 0 };

/** The change of some keys, each of which counts once, however often it is attempted. */
export interface BulkChange {
  /**
   * Changes the keys that have not been changed yet, in one pipeline per node. A key that Valkey refuses to change does not keep the others
   * from being changed.
   * @throws Outage if some keys may not have been changed; then, it may be called again
   */
  run(commands: ValkeyCommands): Promise<void>;
  /** As far as it is known now. */
  readonly outcome: BulkOutcome;
}

/** One command, for one key or several of one slot. */
interface Step {
  readonly names: readonly Buffer[];
  /** Whether Valkey may have executed it, because the reply to an attempt was lost. */
  readonly isLost: boolean;
}

export function createBulkChange(names: readonly Buffer[], change: KeyChange): BulkChange {
  /** Those that have no final reply yet. Undefined before the first attempt. */
  let open: Step[] | undefined;
  let { changed, unconfirmed, failed, refusal, sent } = nothingChanged;

  const replied = (step: Step, reply: Reply): void => {
    const count = numberOf(reply);
    changed += count;
    if (step.isLost) unconfirmed -= count;
  };
  /** Resolves to the steps that follow from the failure. */
  const refused = (step: Step, failure: ExpectedFailure): readonly Step[] => {
    // An ACL may deny one of the keys, or the slot may be moving: each key is then on one node or on the other.
    if (step.names.length > 1) return step.names.map((name) => ({ names: [name], isLost: step.isLost }));
    refusal ??= failure;
    if (!step.isLost) failed += 1;
    return [];
  };
  const unanswered = (step: Step, reason: Error): Step => {
    if (step.isLost || !(reason instanceof Outage && reason.code === 'UNKNOWN_OUTCOME')) return step;
    unconfirmed += step.names.length;
    return { ...step, isLost: true };
  };
  /** Sends the steps without a promise for each: there may be hundreds. Resolves to the first outage. */
  const attempt = (commands: ValkeyCommands, steps: readonly Step[], next: Step[]): Promise<Error | undefined> =>
    new Promise((resolve) => {
      let answered = 0;
      let outage: Error | undefined;
      const end = (): void => {
        answered += 1;
        if (answered === steps.length) resolve(outage);
      };
      const receiverOf = (step: Step): ReplyReceiver => ({
        replied(reply) {
          replied(step, reply);
          end();
        },
        failed(reason) {
          const failure = expectedFailure(reason);
          if (reason instanceof CommandError && failure instanceof ExpectedFailure) {
            next.push(...refused(step, failure));
          } else {
            next.push(unanswered(step, failure));
            outage ??= failure;
          }
          end();
        },
      });
      sent += steps.length;
      for (const step of steps) commands.post(commandOf(step, change), receiverOf(step));
    });

  return {
    async run(commands) {
      open ??= stepsOf(names, change, commands.isClustered);
      while (open.length > 0) {
        const steps: readonly Step[] = open;
        open = [];
        const outage = await attempt(commands, steps, open);
        if (outage) throw outage;
      }
    },
    get outcome() {
      return { changed, unconfirmed, failed, refusal, sent };
    },
  };
}

function stepsOf(names: readonly Buffer[], change: KeyChange, isClustered: boolean): Step[] {
  const batches = change !== 'delete' ? names.map((name) => [name]) : isClustered ? bySlot(names) : [names];
  return batches.map((batch) => ({ names: batch, isLost: false }));
}

function commandOf({ names }: Step, change: KeyChange): Command {
  const [key = Buffer.alloc(0)] = names;
  if (change === 'delete') return { args: ['UNLINK', ...names], key };
  return { args: expiryCommand(key, change) ?? ['EXISTS', key], key };
}

function bySlot(names: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const batches = new Map<number, Buffer[]>();
  for (const name of names) {
    const slot = calculateSlot(name);
    const batch = batches.get(slot);
    if (batch) batch.push(name);
    else batches.set(slot, [name]);
  }
  return [...batches.values()];
}
