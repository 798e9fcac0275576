import * as z from 'zod';
import { timeShape } from './common-shapes.js';

export const eventSources = [
  'replication-group',
  'cache-cluster',
  'user',
  'user-group',
  'cache-parameter-group',
  'cache-subnet-group',
] as const;

export const eventShape = z.object({
  sourceType: z.enum(eventSources),
  sourceId: z.string(),
  message: z.string(),
  date: timeShape,
});

export type EventRecord = z.infer<typeof eventShape>;
