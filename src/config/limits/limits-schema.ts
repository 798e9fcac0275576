import * as z from 'zod';
import { patternLimits } from '../../domain/patterns.js';
import { mapLimits, type Limit } from '../../runtime/limit.js';
import { operationLimits } from './operation-limits.js';
import { clientLimits } from './client-limits.js';
import { connectionLimits } from './server-limits.js';
import { integer } from '../integer.js';

/** All limits that the configuration may set, by the sections of docs/configuration.md. A limit is added to the table that it belongs to. */
export const limitSections = {
  connections: connectionLimits,
  operations: operationLimits,
  clients: clientLimits,
  patterns: patternLimits,
};

const toSchema = ({ min, max, default: value }: Limit) => integer(min, max).default(value);

/** The `limits` of the configuration. */
export const limitsSchema = z.strictObject({
  ...mapLimits(connectionLimits, toSchema),
  ...mapLimits(operationLimits, toSchema),
  ...mapLimits(clientLimits, toSchema),
  ...mapLimits(patternLimits, toSchema),
});
