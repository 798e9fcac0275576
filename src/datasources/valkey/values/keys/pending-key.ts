import { asError } from '../../../../runtime/errors.js';
import { keyTypeOf, typeNameOf } from '../../../../domain/key/key.js';
import { argumentText } from '../../argument-text.js';
import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import { commandFor, indicatesAbsent } from './key-facts.js';
import { laterFacts, type KeyFact, type KeyReadPlan } from './key-read-plan.js';
import { KeySnapshotOfReplies, unwrap, type Answer, type KeySnapshot } from './key-snapshot.js';
import type { Reply, ReplyReceiver, ValkeyCommands } from '../../interfaces.js';
import { textOf } from '../../replies.js';

/**
 * Starts reads of a key that presumably has the expected type. Their results count only if it has. The function must not throw, and
 * handles the rejection of each read.
 */
export type BeginReads = (expected: KeySnapshot) => void;

/**
 * One key that is being read, in one round trip, or in two or three if it does not have the expected type. This is a class with one
 * promise and one list of answers because a request may read a thousand keys.
 */
export class PendingKey {
  /** Null if the key does not exist, or if it was deleted or has expired between the commands. */
  readonly reading: Promise<KeySnapshot | null>;
  readonly name: Buffer;
  readonly plan: KeyReadPlan;
  readonly #cluster: string;
  readonly #beginReads: BeginReads | undefined;
  /** The key as it is if it has the expected type, for reads that started before that is known. */
  #expected: KeySnapshotOfReplies | undefined;
  /** The answers to the plan's facts, in the same order. */
  readonly #answers: (Answer | undefined)[];
  #awaited: number;
  #isValueShared = false;
  #resolve!: (reading: KeySnapshot | null | Promise<KeySnapshot | null>) => void;
  #reject!: (reason: Error) => void;

  constructor(cluster: string, name: Buffer, plan: KeyReadPlan, beginReads?: BeginReads) {
    this.#cluster = cluster;
    this.#beginReads = beginReads;
    this.name = name;
    this.plan = plan;
    this.#answers = plan.facts.map(() => undefined);
    this.#awaited = plan.facts.length;
    this.reading = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Sends the commands of the plan. A shared value arrives through `receiveValue` from an MGET for several keys, whose reply does not
   * distinguish a key of another type from a missing key.
   */
  begin(commands: ValkeyCommands, isValueShared: boolean): void {
    const { facts, expectedType } = this.plan;
    this.#isValueShared = isValueShared;
    const argument = argumentText(this.name);
    for (const [at, fact] of facts.entries()) {
      if (fact === 'value' && isValueShared) continue;
      commands.post(commandFor(fact, this.name, expectedType, argument), new FactReceiver(this, commands, at));
    }
    const typeName = expectedType && typeNameOf(expectedType);
    if (!this.#beginReads || !expectedType || typeName === undefined) return;
    const address = { cluster: this.#cluster, name: this.name, commands };
    this.#expected = new KeySnapshotOfReplies(address, expectedType, typeName, facts, this.#answers, this.reading);
    this.#beginReads(this.#expected);
  }

  receiveValue(commands: ValkeyCommands, value: Answer): void {
    this.receive(commands, this.plan.facts.indexOf('value'), value);
  }

  /** The key cannot be read. */
  fail(reason: Error): void {
    this.#reject(reason);
  }

  /** Receives the answer to the fact at this index of the plan. */
  receive(commands: ValkeyCommands, at: number, answer: Answer): void {
    this.#answers[at] = answer;
    this.#awaited -= 1;
    if (this.#awaited > 0) return;
    if (this.#isSaidAbsent()) {
      this.#resolve(null);
      return;
    }
    try {
      const typeName = this.#typeName();
      if (typeName !== undefined) this.#settle(commands, typeName);
      else {
        commands
          .send(commandFor('type', this.name, undefined))
          .then(textOf)
          .then(
            (typeName) => this.#settle(commands, typeName),
            (cause: unknown) => this.#reject(expectedFailure(cause)),
          );
      }
    } catch (cause) {
      this.#reject(asError(cause));
    }
  }

  /** Whether any of the replies shows that the key does not exist, whatever the others show. */
  #isSaidAbsent(): boolean {
    const { facts, expectedType } = this.plan;
    return facts.some(
      (fact, at) =>
        !(fact === 'value' && this.#isValueShared) && indicatesAbsent(fact, this.#answers[at], expectedType),
    );
  }

  /** The type's name according to the replies; undefined if TYPE must be sent. */
  #typeName(): string | undefined {
    const { expectedType } = this.plan;
    const type = this.#answerTo('type');
    if (type !== undefined) return textOf(unwrap(type));
    const probe = this.#answerTo(expectedType === 'STRING' ? 'value' : 'length');
    if (probe === undefined || expectedType === undefined || probe instanceof CommandError) return undefined;
    if (probe instanceof Error) throw probe;
    // An empty stream exists. A shared value is null for a key of another type and for a missing key.
    return probe === null || probe === '0' ? undefined : typeNameOf(expectedType);
  }

  #answerTo(fact: KeyFact): Answer | undefined {
    const at = this.plan.facts.indexOf(fact);
    return at < 0 ? undefined : this.#answers[at];
  }

  #settle(commands: ValkeyCommands, typeName: string): void {
    if (typeName === 'none') {
      this.#resolve(null);
      return;
    }
    const type = keyTypeOf(typeName);
    const { facts, expectedType } = this.plan;
    if (type !== expectedType) this.#forgetFactsOfGuess();
    const address = { cluster: this.#cluster, name: this.name, commands };
    const reading =
      (type === expectedType ? this.#expected : undefined) ??
      new KeySnapshotOfReplies(address, type, typeName, facts, this.#answers);
    const later = laterFacts(this.plan, type).filter((fact) => this.#answerTo(fact) === undefined);
    this.#resolve(later.length === 0 ? reading : reading.ifStillExists(later.map(async (fact) => reading.read(fact))));
  }

  /** Forgets the facts whose commands depend on the type, because they were chosen for another type. */
  #forgetFactsOfGuess(): void {
    this.plan.facts.forEach((fact, at) => {
      if (fact === 'value' || fact === 'length') this.#answers[at] = undefined;
    });
  }
}

/** A class instead of two functions for each command. */
class FactReceiver implements ReplyReceiver {
  readonly #key: PendingKey;
  readonly #commands: ValkeyCommands;
  readonly #at: number;

  constructor(key: PendingKey, commands: ValkeyCommands, at: number) {
    this.#key = key;
    this.#commands = commands;
    this.#at = at;
  }

  replied(reply: Reply): void {
    this.#key.receive(this.#commands, this.#at, reply);
  }

  failed(reason: Error): void {
    this.#key.receive(this.#commands, this.#at, reason);
  }
}
