import type { ClusterWatch, ControlPlane, RecallingDirectory } from '../datasources/elasticache/ports.js';
import type { Realtime } from '../datasources/realtime/ports.js';
import { createKeyReader, type KeyReader } from '../datasources/valkey/key-reader.js';
import type { ValkeyConnections } from '../datasources/valkey/ports.js';
import type { Principal } from '../domain/principal.js';
import type { Logger } from '../telemetry/log.js';
import { createInventory, type Inventory } from './inventory.js';

/** What lives as long as the process and is shared by all requests. */
export interface Services {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly connections: ValkeyConnections;
  readonly realtime: Realtime;
}

/** What a use case is given: the process's services and what belongs to this one request. */
export interface Context extends Services {
  readonly requestId: string;
  readonly log: Logger;
  /** Who asks. Looked at by fields that are not declared `sameForEveryone` only. */
  readonly principal: Principal;
  /** Aborted when the client has gone or the request's deadline has passed. */
  readonly signal: AbortSignal;
  /** Takes the codes of the user errors that a mutation's field, by its name in the result, has answered. */
  readonly tellUserErrors?: (field: string, codes: readonly string[]) => void;
  readonly inventory: Inventory;
  readonly keys: KeyReader;
}

/** Who asks, as the transport knows it. */
type Request = Pick<Context, 'requestId' | 'log' | 'principal' | 'signal' | 'tellUserErrors'>;

/** A fresh context for one operation; batches and caches in it never outlive the operation. */
export function createContext(services: Services, request: Request): Context {
  return new RequestContext(services, request);
}

/** A class whose parts are made when asked for: one is made for every operation and event, and few look at all of it. */
class RequestContext implements Context {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly connections: ValkeyConnections;
  readonly realtime: Realtime;
  readonly #request: Request;
  #inventory: Inventory | undefined;
  #keys: KeyReader | undefined;

  constructor(services: Services, request: Request) {
    this.controlPlane = services.controlPlane;
    this.clusterDirectory = services.clusterDirectory;
    this.clusterWatch = services.clusterWatch;
    this.connections = services.connections;
    this.realtime = services.realtime;
    this.#request = request;
  }

  get inventory() {
    return (this.#inventory ??= createInventory(this.controlPlane));
  }
  get keys() {
    return (this.#keys ??= createKeyReader(this.connections));
  }
  get requestId() {
    return this.#request.requestId;
  }
  get log() {
    return this.#request.log;
  }
  get principal() {
    return this.#request.principal;
  }
  get signal() {
    return this.#request.signal;
  }
  tellUserErrors(field: string, codes: readonly string[]): void {
    this.#request.tellUserErrors?.(field, codes);
  }
}
