import { asError } from '../../../../runtime/errors.js';
import { isPromise } from '../../../../runtime/maybe-promise.js';
import { CommandError } from '../../command-error.js';
import type { KeyReadPlan } from './key-read-plan.js';
import type { Answer, KeySnapshot } from './key-snapshot.js';
import { PendingKey } from './pending-key.js';
import type { ValkeyCommands, ValkeyConnections } from '../../interfaces.js';
import { listOf } from '../../replies.js';

/** Reads keys for one request. */
export interface KeyReader {
  /** @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED; Outage */
  read(cluster: string, name: Buffer, plan: KeyReadPlan): Promise<KeySnapshot | null>;
}

/**
 * All that the fields of one request ask together leaves in one pipeline per shard; the same key under the same plan is read
 * once. Nothing is kept after it was sent for: a later mutation of the same request reads again. Not a DataLoader, which
 * takes a promise, a closure and a cache key of text for each key, and as long as the rest of a query for one key.
 */
export function createKeyReader(connections: Pick<ValkeyConnections, 'commands'>): KeyReader {
  let batches: KeyBatch[] = [];
  return {
    read(cluster, name, plan) {
      let batch = batches.find((open) => open.cluster === cluster);
      if (!batch) {
        const begun = (batch = new KeyBatch(cluster));
        batches.push(begun);
        afterResolvers(() => {
          batches = batches.filter((open) => open !== begun);
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
  readonly cluster: string;
  readonly #keys: PendingKey[] = [];
  /** How many of `#keys` are in `#byName`, which a batch of one key does not need. */
  #indexed = 0;
  #byName: Map<string, PendingKey[]> | undefined;

  constructor(cluster: string) {
    this.cluster = cluster;
  }

  add(name: Buffer, plan: KeyReadPlan): PendingKey {
    const known = this.#keys.length > 0 ? this.#find(name, plan) : undefined;
    if (known) return known;
    const key = new PendingKey(this.cluster, name, plan);
    this.#keys.push(key);
    return key;
  }

  #find(name: Buffer, plan: KeyReadPlan): PendingKey | undefined {
    const byName = (this.#byName ??= new Map<string, PendingKey[]>());
    for (; this.#indexed < this.#keys.length; this.#indexed += 1) {
      const key = this.#keys[this.#indexed];
      if (!key) break;
      const text = key.name.toString('latin1');
      const alike = byName.get(text);
      if (alike) alike.push(key);
      else byName.set(text, [key]);
    }
    return byName.get(name.toString('latin1'))?.find((key) => key.plan === plan);
  }

  /** Each key fails alone. Without cluster mode, where one command may name any keys, values are asked for together. */
  send(commands: ValkeyCommands): void {
    const strings = commands.isClustered ? [] : this.#keys.filter(({ plan }) => readsValue(plan));
    // A set for one key would cost as much as the rest of its batch.
    const sharing = strings.length > 1 ? new Set(strings) : undefined;
    for (const key of this.#keys) key.begin(commands, sharing?.has(key) === true);
    // After what must be asked before the values are read.
    if (sharing) readValuesTogether(commands, strings);
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

function readsValue({ facts, expectedType }: KeyReadPlan): boolean {
  return expectedType === 'STRING' && facts.includes('value');
}

/**
 * Once all resolvers have run that can run now: those that wait for promises which are settled already run in microtasks, and
 * a tick queued from a microtask comes after all of them.
 */
function afterResolvers(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
