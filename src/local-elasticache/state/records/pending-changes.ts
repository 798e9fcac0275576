import * as z from 'zod';
import { engineShape } from './common-shapes.js';

/**
 * Changes of a cluster's nodes that wait for its maintenance window or for the next immediate change, or are being made.
 * The fields of the cluster have the current values until its nodes have the new ones.
 */
export const pendingChangesShape = z.object({
  nodeType: z.string().optional(),
  engine: engineShape.optional(),
  engineVersion: z.string().optional(),
  /** The parameter group of the new engine version. */
  parameterGroup: z.string().optional(),
  /** Whether the nodes are being changed; otherwise the changes wait. A start of the endpoint finishes changes in progress. */
  isApplying: z.boolean().optional(),
  /** Whether the data have been found to fit nodes with the new values, so that nodes may start with these. */
  isChecked: z.boolean().optional(),
});

export type PendingChanges = z.infer<typeof pendingChangesShape>;
