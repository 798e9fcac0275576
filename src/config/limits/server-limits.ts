import { decodingLimits } from '../../domain/key/decoding/decoding-limits.js';
import { bulkLimits } from '../../domain/key/bulk-limits.js';
import { patternLimits } from '../../domain/patterns.js';
import { defaultsOf, type Limits } from '../../runtime/limit.js';
import { clientLimits } from './client-limits.js';
import { connectionLimits } from './connection-limits.js';
import { operationLimits } from './operation-limits.js';

/** All limits that the configuration may set, by the sections of docs/configuration.md. A limit is added to the table that it belongs to. */
export const limitSections = {
  connections: connectionLimits,
  operations: operationLimits,
  clients: clientLimits,
  patterns: patternLimits,
  decoding: decodingLimits,
  bulk: bulkLimits,
};

/** The same limits in one table. */
export const allLimits = {
  ...connectionLimits,
  ...operationLimits,
  ...clientLimits,
  ...patternLimits,
  ...decodingLimits,
  ...bulkLimits,
};

export type ServerLimits = Limits<typeof allLimits>;

/** A limit by its name in the configuration. */
export type LimitName = keyof ServerLimits;

/** Called each time that a limit has refused or ended something. */
export type OnLimit = (this: void, limit: LimitName) => void;

export const defaultLimits: ServerLimits = defaultsOf(allLimits);
