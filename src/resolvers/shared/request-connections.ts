import type { AccessRequest, ValkeyCommands, ValkeyConnections } from '../../datasources/valkey/interfaces.js';
import type { Credentials, DataAccess } from '../../domain/cluster/data-access.js';
import { isPromise, type MaybePromise } from '../../runtime/maybe-promise.js';

interface Request {
  readonly signal: AbortSignal;
  readonly deliveryGroup?: object | undefined;
}

/**
 * The connections as one request uses them: they wait for a cluster that is CREATING as long as the request may. Reads for an
 * event do not wait: the events after it would have to wait too. A class, since every operation and event has one.
 */
export class RequestConnections {
  readonly #shared: ValkeyConnections;
  readonly #access: AccessRequest;
  /** By lowercase name of the cluster: what was asked for while it could not be reached. */
  #pending: Map<string, Promise<unknown>[]> | undefined;

  constructor(shared: ValkeyConnections, request: Request) {
    this.#shared = shared;
    // The request makes its signal when it is asked for.
    this.#access = request.deliveryGroup ? { deliveryGroup: request.deliveryGroup } : request;
  }

  /** See `ValkeyConnections.commands`; `access` replaces what the request itself may cost. */
  commands(clusterName: string, access = this.#access): MaybePromise<ValkeyCommands> {
    const commands = this.#shared.commands(clusterName, access);
    if (isPromise(commands)) this.#note(clusterName, commands);
    return commands;
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

  /** Resolves when all that the request has asked of the cluster so far has shown whether its data can be reached. */
  async settled(clusterName: string): Promise<void> {
    // The fields beside this one ask in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.allSettled(this.#pending?.get(clusterName.toLowerCase()) ?? []);
  }

  #note(clusterName: string, promise: Promise<unknown>): void {
    const name = clusterName.toLowerCase();
    const pending = (this.#pending ??= new Map<string, Promise<unknown>[]>());
    pending.set(name, [...(pending.get(name) ?? []), promise]);
  }
}
