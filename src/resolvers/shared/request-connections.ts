import type { AccessRequest, ValkeyCommands, ValkeyConnections } from '../../datasources/valkey/interfaces.js';
import { LimitedCommands, type RequestLimits } from '../../datasources/valkey/values/limited-commands.js';
import { ReadBudget, type ReadLimit } from '../../datasources/valkey/values/read-budget.js';
import { SlowReads } from '../../datasources/valkey/values/slow-reads.js';
import type { CountLimit } from '../../datasources/valkey/values/string/bit-count-limit.js';
import type { Credentials, DataAccess } from '../../domain/cluster/data-access.js';
import { isPromise, whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';

/** Limits of the reads of values. */
export interface ReadLimits {
  readonly readLimit: ReadLimit;
  readonly countLimit: CountLimit;
}

interface Request {
  readonly signal: AbortSignal;
  readonly deliveryGroup?: object | undefined;
}

/**
 * The connections of one request. They wait for a cluster that is CREATING until the request's deadline; reads for an event do not
 * wait, because later events would wait too. A class, because every operation and event has one.
 */
export class RequestConnections {
  readonly #shared: ValkeyConnections;
  readonly #access: AccessRequest;
  /** By lowercase cluster name: commands that were requested before the cluster was connected. */
  #pending: Map<string, Promise<unknown>[]> | undefined;
  readonly #readLimits: ReadLimits;
  #limits: RequestLimits | undefined;

  constructor(shared: ValkeyConnections, request: Request, readLimits: ReadLimits) {
    this.#shared = shared;
    this.#readLimits = readLimits;
    // The whole request is passed, because it creates its signal on first use.
    this.#access = request.deliveryGroup ? { deliveryGroup: request.deliveryGroup } : request;
  }

  /** See `ValkeyConnections.commands`. `access` replaces the request's own signal and delivery group. */
  commands(clusterName: string, access = this.#access): MaybePromise<ValkeyCommands> {
    const commands = this.#shared.commands(clusterName, access);
    if (isPromise(commands)) this.#remember(clusterName, commands);
    return commands;
  }

  /** The same, for reads of values: all those of the request together keep to one limit of bytes, and slow ones follow each other. */
  reads(clusterName: string): MaybePromise<ValkeyCommands> {
    const limits = (this.#limits ??= this.#newLimits());
    return whenKnown(this.commands(clusterName), (commands) => new LimitedCommands(commands, limits));
  }

  connect(clusterName: string, credentials: Credentials): Promise<void> {
    return this.#shared.connect(clusterName, credentials, this.#access);
  }

  disconnect(clusterName: string): Promise<void> {
    return this.#shared.disconnect(clusterName);
  }

  /** See `ValkeyConnections.deleted`. */
  deleted(clusterName: string): void {
    this.#shared.deleted(clusterName);
  }

  dataAccess(clusterName: string): DataAccess {
    return this.#shared.dataAccess(clusterName);
  }

  /** Resolves when every access that the request has started so far has shown whether the cluster's data can be reached. */
  async settled(clusterName: string): Promise<void> {
    // Sibling fields start their access in the same tick of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.allSettled(this.#pending?.get(clusterName.toLowerCase()) ?? []);
  }

  #newLimits(): RequestLimits {
    const access = this.#access;
    return {
      budget: new ReadBudget(this.#readLimits.readLimit),
      slowReads: new SlowReads(() => access.signal?.aborted === true),
      countLimit: this.#readLimits.countLimit,
    };
  }

  #remember(clusterName: string, promise: Promise<unknown>): void {
    const name = clusterName.toLowerCase();
    const pending = (this.#pending ??= new Map<string, Promise<unknown>[]>());
    pending.set(name, [...(pending.get(name) ?? []), promise]);
  }
}
