import type { ClusterWatch, ControlPlane, RecallingDirectory } from '../../datasources/elasticache/interfaces.js';
import type { Realtime } from '../../datasources/realtime/interfaces.js';
import { createKeyReader, type KeyReader } from '../../datasources/valkey/values/keys/key-reader.js';
import type { ValkeyConnections } from '../../datasources/valkey/interfaces.js';
import {
  createPatternReader,
  defaultPatternLimits,
  type HeldPatterns,
  type PatternReader,
} from '../../domain/patterns.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Logger } from '../../telemetry/log.js';
import { createInventory, type Inventory } from './inventory.js';
import { RequestConnections } from './request-connections.js';

/** What lives as long as the process and is shared by all requests. */
export interface Services {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly connections: ValkeyConnections;
  readonly realtime: Realtime;
}

/** What a use case is given: the process's services and what belongs to this one request. */
export interface Context extends Omit<Services, 'connections'> {
  readonly connections: RequestConnections;
  readonly requestId: string;
  readonly log: Logger;
  /** Who asks. Looked at by fields that are not declared `callerIndependent` only. */
  readonly principal: Principal;
  /** By whom limits are counted; absent where no client asks. */
  readonly client?: string | undefined;
  /** Aborted when nothing may be waited for any more: the client has gone, the deadline has passed or the server closes. */
  readonly signal: AbortSignal;
  /** The delivery group for whose event this is; absent for queries and mutations. */
  readonly deliveryGroup?: object | undefined;
  /** Moves the request's deadline, for an operation that was asked to wait. */
  readonly extendDeadline?: (milliseconds: number) => void;
  /** Takes the codes of the user errors that a mutation's field, by its name in the result, has answered. */
  readonly reportUserErrors?: (field: string, codes: readonly string[]) => void;
  readonly inventory: Inventory;
  readonly keys: KeyReader;
  /** Reads glob patterns within the server's limits. */
  readonly patterns: PatternReader;
  /** Counts the patterns that subscriptions hold at the clusters. */
  readonly heldPatterns: HeldPatterns;
}

/** Who asks, as the transport knows it. */
type Request = Pick<
  Context,
  'requestId' | 'log' | 'principal' | 'client' | 'signal' | 'deliveryGroup' | 'extendDeadline' | 'reportUserErrors'
>;

/** A fresh context for one operation; batches and caches in it never outlive the operation. */
export function createContext(services: Services, request: Request, bounds: PatternBounds = withinDefaults): Context {
  return new RequestContext(services, request, bounds);
}

/** Enforces the server's limits of patterns. */
export type PatternBounds = Pick<Context, 'patterns' | 'heldPatterns'>;

const withinDefaults: PatternBounds = {
  patterns: createPatternReader(defaultPatternLimits, undefined),
  heldPatterns: { hold: () => () => undefined },
};

/** A class whose parts are made when asked for: one is made for every operation and event, and few look at all of it. */
class RequestContext implements Context {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly realtime: Realtime;
  readonly patterns: PatternReader;
  readonly heldPatterns: HeldPatterns;
  readonly #request: Request;
  readonly #shared: ValkeyConnections;
  #connections: RequestConnections | undefined;
  #inventory: Inventory | undefined;
  #keys: KeyReader | undefined;

  constructor(services: Services, request: Request, { patterns, heldPatterns }: PatternBounds) {
    this.controlPlane = services.controlPlane;
    this.clusterDirectory = services.clusterDirectory;
    this.clusterWatch = services.clusterWatch;
    this.#shared = services.connections;
    this.realtime = services.realtime;
    this.patterns = patterns;
    this.heldPatterns = heldPatterns;
    this.#request = request;
  }

  get connections() {
    return (this.#connections ??= new RequestConnections(this.#shared, this.#request));
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
  get client() {
    return this.#request.client;
  }
  get signal() {
    return this.#request.signal;
  }
  get deliveryGroup() {
    return this.#request.deliveryGroup;
  }
  extendDeadline(milliseconds: number): void {
    this.#request.extendDeadline?.(milliseconds);
  }
  reportUserErrors(field: string, codes: readonly string[]): void {
    this.#request.reportUserErrors?.(field, codes);
  }
}
