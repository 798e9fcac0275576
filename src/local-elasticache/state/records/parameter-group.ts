import * as z from 'zod';

export const parameterGroupShape = z.object({
  name: z.string(),
  family: z.string(),
  description: z.string(),
  /** Values that differ from the family's defaults. */
  values: z.record(z.string(), z.string()),
});

export type ParameterGroupRecord = z.infer<typeof parameterGroupShape>;
