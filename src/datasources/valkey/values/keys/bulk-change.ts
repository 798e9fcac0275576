import calculateSlot from 'cluster-key-slot';
import { ExpectedFailure } from '../../../../domain/errors.js';
import type { Expiry } from '../../../../domain/key/expiry.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { numberOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { expiryCommand } from '../expiry-command.js';

/** A change of one key: its deletion, or a new expiry. */
export type KeyChange = 'delete' | Expiry;

export interface BulkOutcome {
  readonly changed: number;
  /** Keys that Valkey refused to change. */
  readonly failed: number;
  /** The first refusal. */
  readonly refusal: ExpectedFailure | undefined;
  /** The number of commands that were sent. */
  readonly sent: number;
}

/**
 * Changes keys in one pipeline per node. A key that Valkey refuses to change does not keep the others from being changed. The changes
 * may be repeated.
 * @throws Outage if some keys may not have been changed
 */
export async function changeKeys(
  commands: ValkeyCommands,
  names: readonly Buffer[],
  change: KeyChange,
): Promise<BulkOutcome> {
  if (change !== 'delete')
    return await sendAll(
      commands,
      names.map((name) => expiryOf(name, change)),
    );
  const batches = commands.isClustered ? bySlot(names) : [names];
  const outcomes = await Promise.all(
    batches.map(async (batch) => {
      const together = await sendAll(commands, [unlink(batch)]);
      // An ACL may deny one of the keys, or the slot may be moving: each key is then on one node or on the other.
      if (!together.refusal || batch.length === 1) return together;
      const alone = await sendAll(
        commands,
        batch.map((name) => unlink([name])),
      );
      return { ...alone, sent: together.sent + alone.sent };
    }),
  );
  return outcomes.reduce(sum, nothing);
}

const nothing: BulkOutcome = { changed: 0, failed: 0, refusal: undefined, sent: 0 };

function sum(left: BulkOutcome, right: BulkOutcome): BulkOutcome {
  return {
    changed: left.changed + right.changed,
    failed: left.failed + right.failed,
    refusal: left.refusal ?? right.refusal,
    sent: left.sent + right.sent,
  };
}

function unlink(names: readonly Buffer[]): Command {
  return { args: ['UNLINK', ...names], key: names[0] };
}

function expiryOf(name: Buffer, expiry: Expiry): Command {
  return { args: expiryCommand(name, expiry) ?? ['EXISTS', name], key: name };
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

/** Sends the commands without a promise for each: there may be hundreds. Their replies are numbers of changed keys. */
function sendAll(commands: ValkeyCommands, all: readonly Command[]): Promise<BulkOutcome> {
  if (all.length === 0) return Promise.resolve(nothing);
  return new Promise((resolve, reject) => {
    let [changed, failed, answered] = [0, 0, 0];
    let refusal: ExpectedFailure | undefined;
    let outage: Error | undefined;
    const end = (): void => {
      answered += 1;
      if (answered < all.length) return;
      if (outage) reject(outage);
      else resolve({ changed, failed, refusal, sent: all.length });
    };
    const receiver = {
      replied(reply: Reply) {
        changed += numberOf(reply);
        end();
      },
      failed(reason: Error) {
        const failure = expectedFailure(reason);
        if (failure instanceof ExpectedFailure) {
          failed += 1;
          refusal ??= failure;
        } else outage ??= failure;
        end();
      },
    };
    for (const command of all) commands.post(command, receiver);
  });
}
