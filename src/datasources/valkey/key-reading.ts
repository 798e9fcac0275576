import { keyTypeOf, type KeyType } from '../../domain/key.js';
import { CommandError } from './command-error.js';
import { expectedFailure } from './expected-failure.js';
import type { KeyFact, KeyPlan } from './key-plan.js';
import type { Command, Reply, ValkeyCommands } from './ports.js';
import { textOf } from './replies.js';

/** One key that exists, with what was read of it so far. What else is asked of it is read then, once. */
export interface KeyReading {
  readonly cluster: string;
  readonly name: Buffer;
  readonly type: KeyType;
  /** As the TYPE command says it. */
  readonly typeName: string;
  readonly commands: ValkeyCommands;
  /** At once if it was read already. @throws ExpectedFailure, Outage: each fact fails alone */
  ask(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply>;
}

/** The reply to one command, or why there is none. */
export type Answer = Reply | Error;
export type KeyAddress = Pick<KeyReading, 'commands' | 'cluster' | 'name'>;

const lengthCommands: Readonly<Record<KeyType, string | undefined>> = {
  STRING: 'STRLEN',
  HASH: 'HLEN',
  LIST: 'LLEN',
  SET: 'SCARD',
  SORTED_SET: 'ZCARD',
  STREAM: 'XLEN',
  JSON: undefined,
  OTHER: undefined,
};

const typeNames: Readonly<Record<KeyType, string>> = {
  STRING: 'string',
  HASH: 'hash',
  LIST: 'list',
  SET: 'set',
  SORTED_SET: 'zset',
  STREAM: 'stream',
  JSON: 'ReJSON-RL',
  OTHER: 'other',
};

/**
 * One key that is being read, in one round trip, or in two if the plan's guess was wrong. A class with one promise and one list of
 * answers: a request may read a thousand keys.
 */
export class PendingKey {
  /** Null if there is no such key. */
  readonly reading: Promise<KeyReading | null>;
  readonly name: Buffer;
  readonly plan: KeyPlan;
  readonly #cluster: string;
  /** Of the plan's facts, in their order. */
  readonly #answers: (Answer | undefined)[];
  #awaited: number;
  #isValueShared = false;
  #resolve!: (reading: KeyReading | null) => void;
  #reject!: (reason: Error) => void;

  constructor(cluster: string, name: Buffer, plan: KeyPlan) {
    this.#cluster = cluster;
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
   * Sends the commands of the plan. A value that is shared comes by `receiveValue`, from an MGET for several keys, which
   * does not distinguish a key of another type from none.
   */
  begin(commands: ValkeyCommands, isValueShared: boolean): void {
    const { facts, guess } = this.plan;
    this.#isValueShared = isValueShared;
    facts.forEach((fact, at) => {
      if (fact === 'value' && isValueShared) return;
      commands.send(commandFor(fact, this.name, guess)).then(
        (reply) => this.#receive(commands, at, reply),
        (cause: unknown) => this.#receive(commands, at, asError(cause)),
      );
    });
  }

  receiveValue(commands: ValkeyCommands, value: Answer): void {
    this.#receive(commands, this.plan.facts.indexOf('value'), value);
  }

  /** Nothing can be asked of the key. */
  fail(reason: Error): void {
    this.#reject(reason);
  }

  #receive(commands: ValkeyCommands, at: number, answer: Answer): void {
    this.#answers[at] = answer;
    this.#awaited -= 1;
    if (this.#awaited > 0) return;
    try {
      const typeName = this.#typeName();
      if (typeName !== undefined) this.#settle(commands, typeName);
      else {
        commands
          .send(commandFor('type', this.name, undefined))
          .then(textOf)
          .then(
            (told) => this.#settle(commands, told),
            (cause: unknown) => this.#reject(expectedFailure(cause)),
          );
      }
    } catch (cause) {
      this.#reject(asError(cause));
    }
  }

  /** What the answers say of the type: its name, `none`, or undefined if TYPE must be asked. */
  #typeName(): string | undefined {
    const { guess } = this.plan;
    const isAbsentInShared = this.#isValueShared && this.#answerTo('value') === null;
    if (isAbsentInShared) {
      // What is left to distinguish a key of another type from none, without a round trip for it.
      return (this.#answerTo('ttl') ?? this.#answerTo('expiresAt')) === '-2' ? 'none' : undefined;
    }
    const type = this.#answerTo('type');
    if (type !== undefined) return textOf(unwrap(type));
    const probe = this.#answerTo(guess === 'STRING' ? 'value' : 'length');
    if (probe === undefined || guess === undefined) return undefined;
    if (probe instanceof CommandError) return undefined;
    if (probe instanceof Error) throw probe;
    // An empty stream exists.
    if (probe === '0') return guess === 'STREAM' ? undefined : 'none';
    return probe === null ? 'none' : typeNames[guess];
  }

  /** Whether the key has gone since its value was read. */
  #hasExpired(): boolean {
    return this.#answerTo('ttl') === '-2' || this.#answerTo('expiresAt') === '-2';
  }

  #answerTo(fact: KeyFact): Answer | undefined {
    const at = this.plan.facts.indexOf(fact);
    return at < 0 ? undefined : this.#answers[at];
  }

  #settle(commands: ValkeyCommands, typeName: string): void {
    if (typeName === 'none' || this.#hasExpired()) {
      this.#resolve(null);
      return;
    }
    const type = keyTypeOf(typeName);
    const { facts, guess } = this.plan;
    if (type !== guess) {
      // The commands of these depend on the type.
      facts.forEach((fact, at) => {
        if (fact === 'value' || fact === 'length') this.#answers[at] = undefined;
      });
    }
    const address = { cluster: this.#cluster, name: this.name, commands };
    this.#resolve(new ReadKey(address, type, typeName, facts, this.#answers));
  }
}

/** A key whose type is known, e.g. because it was just written. */
export function knownKey(address: KeyAddress, type: KeyType): KeyReading {
  return new ReadKey(address, type, typeNames[type], [], []);
}

class ReadKey implements KeyReading {
  readonly cluster: string;
  readonly name: Buffer;
  readonly commands: ValkeyCommands;
  readonly type: KeyType;
  readonly typeName: string;
  readonly #facts: readonly KeyFact[];
  readonly #answers: readonly (Answer | undefined)[];
  #late: Map<KeyFact, Promise<Reply>> | undefined;

  constructor(
    { cluster, name, commands }: KeyAddress,
    type: KeyType,
    typeName: string,
    facts: readonly KeyFact[],
    answers: readonly (Answer | undefined)[],
  ) {
    this.cluster = cluster;
    this.name = name;
    this.commands = commands;
    this.type = type;
    this.typeName = typeName;
    this.#facts = facts;
    this.#answers = answers;
  }

  ask(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply> {
    const at = this.#facts.indexOf(fact);
    const answer = at < 0 ? undefined : this.#answers[at];
    return answer === undefined ? this.#askLate(fact) : unwrap(answer);
  }

  #askLate(fact: KeyFact): Promise<Reply> {
    const late = (this.#late ??= new Map<KeyFact, Promise<Reply>>());
    const asked = late.get(fact);
    if (asked) return asked;
    const reply = this.commands.send(commandFor(fact, this.name, this.type)).catch((cause: unknown) => {
      throw expectedFailure(cause);
    });
    late.set(fact, reply);
    return reply;
  }
}

function commandFor(fact: KeyFact, name: Buffer, type: KeyType | undefined): Command {
  switch (fact) {
    case 'idle':
      return { args: ['OBJECT', 'IDLETIME', name], key: name };
    case 'encoding':
      return { args: ['OBJECT', 'ENCODING', name], key: name };
    case 'memory':
      return { args: ['MEMORY', 'USAGE', name], key: name };
    case 'ttl':
      return { args: ['PTTL', name], key: name };
    case 'expiresAt':
      return { args: ['PEXPIRETIME', name], key: name };
    case 'value':
      return { args: ['GET', name], key: name };
    case 'length':
      return { args: [(type && lengthCommands[type]) ?? 'STRLEN', name], key: name };
    case 'type':
      return { args: ['TYPE', name], key: name };
  }
}

/** @throws ExpectedFailure, Outage */
function unwrap(answer: Answer): Reply {
  if (answer instanceof Error) throw expectedFailure(answer);
  return answer;
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
