import { asError } from '../../domain/errors.js';
import { isPromise } from '../../domain/maybe-promise.js';
import { CommandError } from './command-error.js';
import type { KeyPlan } from './key-plan.js';
import type { Answer, KeyReading } from './key-reading.js';
import { PendingKey } from './pending-key.js';
import type { ValkeyCommands, ValkeyConnections } from './ports.js';
import { listOf } from './replies.js';

/** Reads keys for one request. */
export interface KeyReader {
  /** @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED; Outage */
  read(cluster: string, name: Buffer, plan: KeyPlan): Promise<KeyReading | null>;
}

/**
 * All that the fields of one request ask together leaves in one pipeline per shard; the same key under the same plan is read
 * once. Nothing is kept after it was sent for: a later mutation of the same request reads again. Not a DataLoader, which
 * takes a promise, a closure and a cache key of text for each key, and as long as the rest of a query for one key.
 */
export function createKeyReader(connections: Pick<ValkeyConnections, 'commands'>): KeyReader {
  const batches = new Map<string, KeyBatch>();
  return {
    read(cluster, name, plan) {
      let batch = batches.get(cluster);
      if (!batch) {
        const begun = (batch = new KeyBatch(cluster));
        batches.set(cluster, begun);
        afterResolvers(() => {
          batches.delete(cluster);
          const send = (commands: ValkeyCommands): void => begun.send(commands);
          const fail = (cause: unknown): void => begun.fail(asError(cause));
          try {
            const commands = connections.commands(cluster);
            if (isPromise(commands)) commands.then(send, fail);
            else send(commands);
          } catch (cause) {
            fail(cause);
          }
        });
      }
      return batch.add(name, plan).reading;
    },
  };
}

/** Keys of one cluster that are asked for in one turn of the event loop. */
class KeyBatch {
  readonly #cluster: string;
  readonly #keys: PendingKey[] = [];
  readonly #byName = new Map<string, PendingKey[]>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  add(name: Buffer, plan: KeyPlan): PendingKey {
    const text = name.toString('latin1');
    const alike = this.#byName.get(text);
    const known = alike?.find((key) => key.plan === plan);
    if (known) return known;
    const key = new PendingKey(this.#cluster, name, plan);
    this.#keys.push(key);
    if (alike) alike.push(key);
    else this.#byName.set(text, [key]);
    return key;
  }

  /** Each key fails alone. Without cluster mode, where one command may name any keys, values are asked for together. */
  send(commands: ValkeyCommands): void {
    const strings = commands.isClustered ? [] : this.#keys.filter(({ plan }) => readsValue(plan));
    const sharing = new Set(strings.length > 1 ? strings : []);
    for (const key of this.#keys) key.begin(commands, sharing.has(key));
    // After what must be asked before the values are read.
    if (sharing.size > 0) readValuesTogether(commands, strings);
  }

  fail(reason: Error): void {
    for (const key of this.#keys) key.fail(reason);
  }
}

/** The values of several keys that are taken for strings, by one MGET; if that is refused, by one GET each. */
function readValuesTogether(commands: ValkeyCommands, keys: readonly PendingKey[]): void {
  const names = keys.map(({ name }) => name);
  const receive = (valueOf: (at: number) => Answer): void =>
    keys.forEach((key, at) => key.receiveValue(commands, valueOf(at)));
  commands
    .send({ args: ['MGET', ...names], key: names[0] })
    .then(listOf)
    .then(
      (values) => receive((at) => values[at] ?? null),
      (cause: unknown) => {
        const failure = asError(cause);
        // An ACL may deny MGET, or one of the keys.
        if (failure instanceof CommandError) for (const key of keys) readValueAlone(commands, key);
        else receive(() => failure);
      },
    );
}

function readValueAlone(commands: ValkeyCommands, key: PendingKey): void {
  commands.send({ args: ['GET', key.name], key: key.name }).then(
    (reply) => key.receiveValue(commands, reply),
    (cause: unknown) => key.receiveValue(commands, asError(cause)),
  );
}

function readsValue({ facts, guess }: KeyPlan): boolean {
  return guess === 'STRING' && facts.includes('value');
}

/**
 * Once all resolvers have run that can run now: those that wait for promises which are settled already run in microtasks, and
 * a tick queued from a microtask comes after all of them.
 */
function afterResolvers(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
