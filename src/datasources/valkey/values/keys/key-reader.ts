import { asError } from '../../../../runtime/errors.js';
import { isPromise } from '../../../../runtime/maybe-promise.js';
import { CommandError } from '../../command-error.js';
import type { KeyReadPlan } from './key-read-plan.js';
import type { Answer, KeySnapshot } from './key-snapshot.js';
import { PendingKey, type BeginReads } from './pending-key.js';
import type { ValkeyCommands, ValkeyConnections } from '../../interfaces.js';
import { listOf } from '../../replies.js';

/** Reads keys for one request. */
export interface KeyReader {
  /**
   * Resolves to null if the key does not exist. If the plan expects a type, `begin` starts further reads of a key of that type, whose
   * commands leave in the same pipeline.
   * @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED; Outage
   */
  read(cluster: string, name: Buffer, plan: KeyReadPlan, begin?: BeginReads): Promise<KeySnapshot | null>;
}

/**
 * All reads of one request that are requested together leave in one pipeline per shard. The same key with the same plan is read once.
 * Nothing is cached after the commands were sent, so that a later mutation of the same request reads again. A DataLoader would create a
 * promise, a closure and a textual cache key for each key, and take as long as the rest of a query for one key.
 */
export function createKeyReader(connections: Pick<ValkeyConnections, 'commands'>): KeyReader {
  let batches: KeyBatch[] = [];
  return {
    read(cluster, name, plan, begin) {
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
      return batch.add(name, plan, begin).reading;
    },
  };
}

/** The keys of one cluster that are requested in one tick of the event loop. */
class KeyBatch {
  readonly cluster: string;
  readonly #keys: PendingKey[] = [];
  /** How many of `#keys` are in `#byName`. A batch of one key does not need the index. */
  #indexed = 0;
  #byName: Map<string, PendingKey[]> | undefined;

  constructor(cluster: string) {
    this.cluster = cluster;
  }

  add(name: Buffer, plan: KeyReadPlan, begin: BeginReads | undefined): PendingKey {
    const known = this.#keys.length > 0 ? this.#find(name, plan) : undefined;
    if (known) return known;
    const key = new PendingKey(this.cluster, name, plan, begin);
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

  /** Each key fails separately. Without cluster mode, one command may have any keys, so the values are read together. */
  send(commands: ValkeyCommands): void {
    const strings = commands.isClustered ? [] : this.#keys.filter(({ plan }) => readsValue(plan));
    const sharing = new Set(strings.length > 1 ? strings : []);
    for (const key of this.#keys) key.begin(commands, sharing.has(key));
    // After the commands that must precede the reading of values.
    for (let at = 0; at < sharing.size; at += maxTogether) {
      readValuesTogether(commands, strings.slice(at, at + maxTogether));
    }
  }

  fail(reason: Error): void {
    for (const key of this.#keys) key.fail(reason);
  }
}

/** Keys of one MGET. Its reply arrives as a whole, so that it cannot be limited while it arrives. */
const maxTogether = 100;

/** Reads the values of several keys, presumably strings, with one MGET. If Valkey refuses it, uses one GET for each key. */
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
 * Runs the task after all resolvers that can run now. Resolvers that wait for settled promises run in microtasks, and a tick that is
 * queued from a microtask follows all of them.
 */
function afterResolvers(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
