import type { ClusterWatch, ControlPlane, RecallingDirectory } from '../datasources/elasticache/ports.js';
import type { Realtime } from '../datasources/realtime/ports.js';
import { createKeyReader, type KeyReader } from '../datasources/valkey/key-reader.js';
import type { ValkeyConnections } from '../datasources/valkey/ports.js';
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
  /** Aborted when the client has gone or the request's deadline has passed. */
  readonly signal: AbortSignal;
  readonly inventory: Inventory;
  readonly keys: KeyReader;
}

/** A fresh context for one operation; batches and caches in it never outlive the operation. */
export function createContext(
  services: Services,
  request: { requestId: string; log: Logger; signal: AbortSignal },
): Context {
  return {
    ...services,
    // Passed on unread: each is made when first asked for, and few operations ask.
    get requestId() {
      return request.requestId;
    },
    get log() {
      return request.log;
    },
    get signal() {
      return request.signal;
    },
    inventory: createInventory(services.controlPlane),
    keys: createKeyReader(services.connections),
  };
}
