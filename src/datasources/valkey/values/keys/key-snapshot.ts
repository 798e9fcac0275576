import { typeNameOf, type KeyType } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import { commandFor } from './key-facts.js';
import type { KeyFact } from './key-read-plan.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { textOf } from '../../replies.js';

/** One existing key with the facts that were read so far. Other facts are read once, when they are requested. */
export interface KeySnapshot {
  readonly cluster: string;
  readonly name: Buffer;
  readonly type: KeyType;
  /** The type's name as the TYPE command reports it. */
  readonly typeName: string;
  /** For reads beyond single facts. Records replies that a missing key would give too, see `ifStillExists`. */
  readonly commands: Pick<ValkeyCommands, 'send'>;
  /** Synchronous if the fact was already read. @throws ExpectedFailure, Outage; each fact fails separately */
  read(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply>;
  /** Starts a read, or returns the read that was started with the same ID. */
  once<Result>(id: string, read: () => Promise<Result>): Promise<Result>;
  /**
   * Resolves to the key once all these reads have ended. Resolves to null if the key was deleted or has expired meanwhile, so that no
   * result has only a part of it. A failed read does not fail the key.
   */
  ifStillExists(reads: readonly Promise<unknown>[]): Promise<KeySnapshot | null>;
}

/** The reply to one command, or the reason why there is none. */
export type Answer = Reply | Error;
export interface KeyAddress {
  readonly cluster: string;
  readonly name: Buffer;
  readonly commands: Pick<ValkeyCommands, 'send'>;
}

/** A key whose type is known, for example because it was just written. Nothing is read until a fact is requested. */
export function knownKey(address: KeyAddress, type: KeyType, typeName = typeNameOf(type) ?? 'other'): KeySnapshot {
  return new KeySnapshotOfReplies(address, type, typeName, [], []);
}

/** This is a class because a request may read a thousand keys. */
export class KeySnapshotOfReplies implements KeySnapshot {
  readonly cluster: string;
  readonly name: Buffer;
  readonly type: KeyType;
  readonly typeName: string;
  readonly #commands: Pick<ValkeyCommands, 'send'>;
  readonly #facts: readonly KeyFact[];
  readonly #answers: readonly (Answer | undefined)[];
  /** Settles once all answers have arrived, if they have not when the snapshot is made. */
  readonly #answered: Promise<unknown> | undefined;
  #late: Map<string, Promise<unknown>> | undefined;
  #mayBeGone = false;

  constructor(
    { cluster, name, commands }: KeyAddress,
    type: KeyType,
    typeName: string,
    facts: readonly KeyFact[],
    answers: readonly (Answer | undefined)[],
    answered?: Promise<unknown>,
  ) {
    this.#answered = answered;
    this.cluster = cluster;
    this.name = name;
    this.#commands = commands;
    this.type = type;
    this.typeName = typeName;
    this.#facts = facts;
    this.#answers = answers;
  }

  get commands(): Pick<ValkeyCommands, 'send'> {
    return this;
  }

  read(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply> {
    const at = this.#facts.indexOf(fact);
    const answer = at < 0 ? undefined : this.#answers[at];
    if (answer !== undefined) return unwrap(answer);
    return this.once(fact, () => (at >= 0 && this.#answered ? this.#whenAnswered(fact, at) : this.#readLate(fact)));
  }

  once<Result>(id: string, read: () => Promise<Result>): Promise<Result> {
    const late = (this.#late ??= new Map<string, Promise<unknown>>());
    const begun = late.get(id);
    if (begun) return begun as Promise<Result>;
    const result = read();
    late.set(id, result);
    return result;
  }

  async ifStillExists(reads: readonly Promise<unknown>[]): Promise<KeySnapshot | null> {
    await Promise.allSettled(reads);
    if (!this.#mayBeGone) return this;
    const type = await this.#commands.send(commandFor('type', this.name, undefined)).catch((cause: unknown) => {
      // Whether the key still exists is unknown then. The failed reads are reported.
      if (cause instanceof CommandError) return null;
      throw cause;
    });
    return type !== null && textOf(type) === 'none' ? null : this;
  }

  /** Implements `commands`. */
  async send(command: Command): Promise<Reply> {
    try {
      const reply = await this.#commands.send(command);
      if (mayBeOfMissingKey(reply, command)) this.#mayBeGone = true;
      return reply;
    } catch (cause) {
      if (cause instanceof CommandError && /no such key|^NOGROUP/i.test(cause.message)) this.#mayBeGone = true;
      throw cause;
    }
  }

  /** Waits for an answer that is on its way. It is missing afterwards if the fact's command was chosen for another type. */
  async #whenAnswered(fact: KeyFact, at: number): Promise<Reply> {
    await this.#answered;
    const answer = this.#answers[at];
    return answer === undefined ? await this.#readLate(fact) : unwrap(answer);
  }

  async #readLate(fact: KeyFact): Promise<Reply> {
    try {
      return await this.send(commandFor(fact, this.name, this.type));
    } catch (cause) {
      throw expectedFailure(cause);
    }
  }
}

/** Commands that reply null for a missing key, and may reply 0 for an existing one. */
const nullIfMissing: ReadonlySet<string> = new Set(['ZRANK', 'ZREVRANK']);

/** Whether a missing key would give this reply too: null, 0, no bytes, no elements, only such elements, or the end of a scan without elements. */
function mayBeOfMissingKey(reply: Reply, { args: [command] }: Command): boolean {
  if (reply === '0') return !nullIfMissing.has(command);
  // Other commands reply with no bytes for a value that exists and is empty.
  if (Buffer.isBuffer(reply)) return reply.length === 0 && command === 'GETRANGE';
  if (!Array.isArray(reply)) return reply === null || reply === '-2';
  const [cursor, items] = reply;
  return (
    reply.every((item) => item === null || item === '0' || item === '-2') ||
    (reply.length === 2 && Array.isArray(items) && items.length === 0 && isZero(cursor))
  );
}

function isZero(cursor: Reply | undefined): boolean {
  return Buffer.isBuffer(cursor) && cursor.toString() === '0';
}

/** @throws ExpectedFailure, Outage */
export function unwrap(answer: Answer): Reply {
  if (answer instanceof Error) throw expectedFailure(answer);
  return answer;
}
