import * as z from 'zod';
import { engineShape } from './common-shapes.js';

export const userShape = z.object({
  id: z.string(),
  name: z.string(),
  engine: engineShape,
  status: z.enum(['active', 'modifying', 'deleting']),
  /** In ElastiCache's normal form. */
  accessString: z.string(),
  authentication: z.enum(['PASSWORD', 'NO_PASSWORD', 'IAM']),
  /** Hexadecimal SHA-256 of each password. */
  passwordHashes: z.array(z.string()),
});

export type UserRecord = z.infer<typeof userShape>;
