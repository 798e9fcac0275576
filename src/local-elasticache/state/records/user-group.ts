import * as z from 'zod';
import { engineShape } from './common-shapes.js';

export const userGroupShape = z.object({
  id: z.string(),
  engine: engineShape,
  status: z.enum(['creating', 'active', 'modifying', 'deleting']),
  userIds: z.array(z.string()),
  pending: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }).optional(),
});

export type UserGroupRecord = z.infer<typeof userGroupShape>;
