import type {
  ClusterWatch,
  ControlPlane,
  EventWatch,
  RecallingDirectory,
} from '../../datasources/elasticache/interfaces.js';
import type { KeyExports } from '../../datasources/exports/interfaces.js';
import type { KeyJobs } from '../../datasources/jobs/interfaces.js';
import type { Realtime } from '../../datasources/realtime/interfaces.js';
import { createKeyReader, type KeyReader } from '../../datasources/valkey/values/keys/key-reader.js';
import type { ValkeyConnections } from '../../datasources/valkey/interfaces.js';
import { createValueDecoder, type ValueDecoder } from '../../domain/key/decoding/decode-value.js';
import { defaultDecodingLimits } from '../../domain/key/decoding/decoding-limits.js';
import {
  createPatternReader,
  defaultPatternLimits,
  type HeldPatterns,
  type PatternReader,
} from '../../domain/patterns.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Logger } from '../../telemetry/log.js';
import { createInventory, type Inventory } from './inventory.js';
import { createNodeInfoReader, type NodeInfoReader } from './node-info-reader.js';
import { RemovedValues, type RemovalLimit } from './removed-values.js';
import { RequestConnections, type ReadLimits } from './request-connections.js';

/** Services that live as long as the process and are shared by all requests. */
export interface Services {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly eventWatch: EventWatch;
  readonly connections: ValkeyConnections;
  readonly realtime: Realtime;
  readonly jobs: KeyJobs;
  readonly exports: KeyExports;
}

/** The first argument of every resolver: the services of the process and the state of one request. */
export interface Context extends Omit<Services, 'connections'> {
  readonly connections: RequestConnections;
  readonly requestId: string;
  readonly log: Logger;
  /** The authenticated caller. Fields that are declared `callerIndependent` must not read it. */
  readonly principal: Principal;
  /** The key under which quotas count the client; absent if the request comes from no client. */
  readonly client?: string | undefined;
  /** The URL below which the client reaches the API, with a slash at its end; absent if unknown. */
  readonly baseUrl?: string | undefined;
  /** Aborts every wait: the client has disconnected, the deadline has passed or the server is closing. */
  readonly signal: AbortSignal;
  /** The delivery group whose event is being executed; absent for queries and mutations. */
  readonly deliveryGroup?: object | undefined;
  /** Extends the deadline of the request, e.g. for `waitSeconds`. */
  readonly extendDeadline?: (milliseconds: number) => void;
  /** Receives the codes of the user errors of a mutation field, by its name in the result. */
  readonly reportUserErrors?: (field: string, codes: readonly string[]) => void;
  readonly inventory: Inventory;
  readonly keys: KeyReader;
  readonly nodeInfo: NodeInfoReader;
  /** Reads glob patterns within the server's limits. */
  readonly patterns: PatternReader;
  /** Counts the patterns that subscriptions hold in the clusters. */
  readonly heldPatterns: HeldPatterns;
  /** Decodes values within the server's limits. */
  readonly decodeValue: ValueDecoder;
  /** The values that the operation has removed and returns. */
  readonly removedValues: RemovedValues;
}

/** The state of a request that its transport provides. */
type Request = Pick<
  Context,
  | 'requestId'
  | 'log'
  | 'principal'
  | 'client'
  | 'baseUrl'
  | 'signal'
  | 'deliveryGroup'
  | 'extendDeadline'
  | 'reportUserErrors'
>;

/** A new context for one operation. Its batches and caches never outlive the operation. */
export function createContext(services: Services, request: Request, bounds: ServerBounds = withinDefaults): Context {
  return new RequestContext(services, request, bounds);
}

/** Enforces the server's limits of patterns, of decoded values, and of the reads and removals of one request. */
export interface ServerBounds extends Pick<Context, 'patterns' | 'heldPatterns' | 'decodeValue'>, ReadLimits {
  readonly removalLimit: RemovalLimit;
}

const withinDefaults: ServerBounds = {
  patterns: createPatternReader(defaultPatternLimits, undefined),
  heldPatterns: { hold: () => () => undefined },
  decodeValue: createValueDecoder(defaultDecodingLimits),
  readLimit: { maxBytes: Infinity, exceeded: () => new Error('Expected replies that are not infinite.') },
  countLimit: { maxBytes: Infinity, exceeded: () => new Error('Expected values that are not infinite.') },
  removalLimit: { maxBytes: Infinity, exceeded: () => new Error('Expected values that are not infinite.') },
};

/** A class that creates its parts on first use: every operation and event has a context, and few use all parts. */
class RequestContext implements Context {
  readonly controlPlane: ControlPlane;
  readonly clusterDirectory: RecallingDirectory;
  readonly clusterWatch: ClusterWatch;
  readonly eventWatch: EventWatch;
  readonly realtime: Realtime;
  readonly jobs: KeyJobs;
  readonly exports: KeyExports;
  readonly patterns: PatternReader;
  readonly heldPatterns: HeldPatterns;
  readonly decodeValue: ValueDecoder;
  readonly #request: Request;
  readonly #shared: ValkeyConnections;
  readonly #bounds: ServerBounds;
  #connections: RequestConnections | undefined;
  #inventory: Inventory | undefined;
  #keys: KeyReader | undefined;
  #nodeInfo: NodeInfoReader | undefined;
  #removedValues: RemovedValues | undefined;

  constructor(services: Services, request: Request, bounds: ServerBounds) {
    this.controlPlane = services.controlPlane;
    this.clusterDirectory = services.clusterDirectory;
    this.clusterWatch = services.clusterWatch;
    this.eventWatch = services.eventWatch;
    this.#shared = services.connections;
    this.realtime = services.realtime;
    this.jobs = services.jobs;
    this.exports = services.exports;
    this.patterns = bounds.patterns;
    this.heldPatterns = bounds.heldPatterns;
    this.decodeValue = bounds.decodeValue;
    this.#bounds = bounds;
    this.#request = request;
  }

  get connections() {
    return (this.#connections ??= new RequestConnections(this.#shared, this.#request, this.#bounds));
  }
  get inventory() {
    return (this.#inventory ??= createInventory(this.controlPlane));
  }
  get keys() {
    return (this.#keys ??= createKeyReader({ commands: (cluster) => this.connections.reads(cluster) }));
  }
  get nodeInfo() {
    return (this.#nodeInfo ??= createNodeInfoReader(this));
  }
  get removedValues() {
    return (this.#removedValues ??= new RemovedValues(this.#bounds.removalLimit));
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
  get baseUrl() {
    return this.#request.baseUrl;
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
