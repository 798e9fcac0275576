import type { KeyType } from '../../../../domain/key/key.js';
import type { Reply, ValkeyCommands } from '../../interfaces.js';
import type { KeyFact } from './key-read-plan.js';
import { knownKey, type KeySnapshot } from './key-snapshot.js';

/** The parts that all keys of a listing share. */
export interface ListedKeys {
  readonly cluster: string;
  readonly type: KeyType;
  readonly commands: Pick<ValkeyCommands, 'send'>;
}

/** A key of a listing whose name alone is selected. It is small, because a page has a thousand of them. */
export class ListedKey implements KeySnapshot {
  readonly name: Buffer;
  readonly #keys: ListedKeys;
  #snapshot: KeySnapshot | undefined;

  constructor(name: Buffer, keys: ListedKeys) {
    this.name = name;
    this.#keys = keys;
  }

  get cluster(): string {
    return this.#keys.cluster;
  }

  get type(): KeyType {
    return this.#keys.type;
  }

  get typeName(): string {
    return this.#known.typeName;
  }

  get commands(): Pick<ValkeyCommands, 'send'> {
    return this.#known.commands;
  }

  read(fact: Exclude<KeyFact, 'type'>): Reply | Promise<Reply> {
    return this.#known.read(fact);
  }

  once<Result>(id: string, read: () => Promise<Result>): Promise<Result> {
    return this.#known.once(id, read);
  }

  ifStillExists(reads: readonly Promise<unknown>[]): Promise<KeySnapshot | null> {
    return this.#known.ifStillExists(reads);
  }

  get #known(): KeySnapshot {
    const { cluster, type, commands } = this.#keys;
    return (this.#snapshot ??= knownKey({ cluster, name: this.name, commands }, type));
  }
}
