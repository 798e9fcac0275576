import * as z from 'zod';
import { defaultRegion, regionStateShape } from './region-state.js';

/**
 * The format version of the data directory. It stays if only optional fields are added. It increases if an earlier
 * version would misread the files; then the earlier formats must still be readable.
 */
export const stateVersion = 3;

/** The resources of each region that was ever changed, by its name. */
const currentState = z.object({ version: z.literal(stateVersion), regions: z.record(z.string(), regionStateShape) });

/** Format 2 had no cache clusters that belong to no replication group. */
const formatTwo = currentState
  .extend({ version: z.literal(2) })
  .transform(({ regions }) => ({ version: stateVersion, regions }) as const);

/** Format 1 had the resources of one region. */
const formatOne = regionStateShape
  .extend({ version: z.literal(1) })
  .transform(({ version: _, ...state }) => ({ version: stateVersion, regions: { [defaultRegion]: state } }) as const);

/** Reads the current format and earlier ones. */
export const stateSchema = z.discriminatedUnion('version', [currentState, formatTwo, formatOne]);

export type StoredState = z.infer<typeof currentState>;
