import * as z from 'zod';
import { timeShape } from './common-shapes.js';

const nodeShape = z.object({
  /** Cache cluster ID. */
  id: z.string(),
  /** Stable across restarts; undefined before the first start. */
  port: z.number().optional(),
  availabilityZone: z.string(),
  createdAt: timeShape,
  isRebooting: z.boolean().optional(),
  /** It exists for a change of the other nodes, and is removed after it, or by the next start if that fails. */
  isTemporary: z.boolean().optional(),
  /** It is temporary, and the events say that it was added: they will say that it was removed. */
  isReported: z.boolean().optional(),
});

export const shardShape = z.object({ id: z.string(), slots: z.string(), nodes: z.array(nodeShape) });

export type ShardRecord = z.infer<typeof shardShape>;
export type NodeRecord = z.infer<typeof nodeShape>;
