import { keyTypeOf, type KeyType } from '../../domain/key.js';
import { CommandError } from './command-error.js';
import { expectedFailure } from './expected-failure.js';
import type { KeyFact, KeyPlan } from './key-plan.js';
import type { Argument, Reply, ValkeyCommands } from './ports.js';
import { textOf } from './replies.js';

/** One key that is there, with what was read of it so far. What else is asked of it is read then, once. */
export interface KeyReading {
  readonly cluster: string;
  readonly name: Buffer;
  readonly type: KeyType;
  /** As the TYPE command says it. */
  readonly typeName: string;
  readonly commands: ValkeyCommands;
  /** At once where it was read already. @throws ExpectedFailure, Outage: each fact fails alone */
  ask(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply>;
}

/** How one command went. */
export type Answer = { readonly reply: Reply } | { readonly failure: Error };
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
 * Reads a key in one round trip, or in two where the plan's guess was wrong; null where it is absent. Its value may come from
 * an MGET for several keys, which tells a key of another type from none as little as the caller does.
 */
export async function readKey(
  address: KeyAddress,
  { facts, guess }: KeyPlan,
  sharedValue?: Promise<Answer>,
): Promise<KeyReading | null> {
  const { commands, name } = address;
  const answerTo = (fact: KeyFact): Promise<Answer> =>
    fact === 'value' && sharedValue ? sharedValue : send(commands, argsOf(fact, name, guess), name);
  const asked = await Promise.all(facts.map(answerTo));
  const answers = new Map(facts.map((fact, index) => [fact, asked[index] ?? { reply: null }]));
  const told = sharedValue && isNull(answers.get('value')) ? toldAbsence(answers) : toldType(answers, guess);
  const typeName = told ?? textOf(unwrap(await send(commands, ['TYPE', name], name)));
  if (typeName === 'none' || hasExpired(answers)) return null;
  const type = keyTypeOf(typeName);
  if (type !== guess) for (const fact of ['value', 'length'] as const) answers.delete(fact);
  return createReading(address, type, typeName, answers);
}

function isNull(answer: Answer | undefined): boolean {
  return answer !== undefined && 'reply' in answer && answer.reply === null;
}

/** Whether the key has gone since its value was read. */
function hasExpired(answers: ReadonlyMap<KeyFact, Answer>): boolean {
  return (['ttl', 'expiresAt'] as const).some((fact) => {
    const answer = answers.get(fact);
    return answer !== undefined && 'reply' in answer && answer.reply === '-2';
  });
}

/** What is left to tell a key of another type from none, without a round trip for it. */
function toldAbsence(answers: ReadonlyMap<KeyFact, Answer>): string | undefined {
  const ttl = answers.get('ttl') ?? answers.get('expiresAt');
  return ttl && 'reply' in ttl && ttl.reply === '-2' ? 'none' : undefined;
}

/** A key whose type is known, e.g. because it was just written. */
export function knownKey(address: KeyAddress, type: KeyType): KeyReading {
  return createReading(address, type, typeNames[type], new Map());
}

function createReading(
  address: KeyAddress,
  type: KeyType,
  typeName: string,
  answers: Map<KeyFact, Answer>,
): KeyReading {
  const { cluster, name, commands } = address;
  const pending = new Map<KeyFact, Promise<Reply>>();
  const readLate = async (fact: KeyFact): Promise<Reply> => {
    const answer = await send(commands, argsOf(fact, name, type), name);
    answers.set(fact, answer);
    return unwrap(answer);
  };
  return {
    cluster,
    name,
    type,
    typeName,
    commands,
    ask(fact) {
      const answer = answers.get(fact);
      if (answer) return unwrap(answer);
      const late = pending.get(fact) ?? readLate(fact);
      pending.set(fact, late);
      return late;
    },
  };
}

/** What the answers tell of the type: a type's name, `none`, or undefined where TYPE must be asked. */
function toldType(answers: ReadonlyMap<KeyFact, Answer>, guess: KeyType | undefined): string | undefined {
  const type = answers.get('type');
  if (type) return textOf(unwrap(type));
  const probe = answers.get(guess === 'STRING' ? 'value' : 'length');
  if (!probe || guess === undefined) return undefined;
  if ('reply' in probe) {
    if (probe.reply === '0') return guess === 'STREAM' ? undefined : 'none';
    return probe.reply === null ? 'none' : typeNames[guess];
  }
  if (probe.failure instanceof CommandError) return undefined;
  throw probe.failure;
}

function argsOf(fact: KeyFact, name: Buffer, type: KeyType | undefined): readonly [string, ...Argument[]] {
  switch (fact) {
    case 'idle':
      return ['OBJECT', 'IDLETIME', name];
    case 'encoding':
      return ['OBJECT', 'ENCODING', name];
    case 'memory':
      return ['MEMORY', 'USAGE', name];
    case 'ttl':
      return ['PTTL', name];
    case 'expiresAt':
      return ['PEXPIRETIME', name];
    case 'value':
      return ['GET', name];
    case 'length':
      return [(type && lengthCommands[type]) ?? 'STRLEN', name];
    case 'type':
      return ['TYPE', name];
  }
}

function send(commands: ValkeyCommands, args: readonly [string, ...Argument[]], key: Buffer): Promise<Answer> {
  return commands.send({ args, key }).then(
    (reply) => ({ reply }),
    (error: unknown) => ({ failure: error instanceof Error ? error : new Error(String(error)) }),
  );
}

function unwrap(answer: Answer): Reply {
  if ('reply' in answer) return answer.reply;
  throw expectedFailure(answer.failure);
}
