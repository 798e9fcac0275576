import * as z from 'zod';

export const subnetGroupShape = z.object({
  name: z.string(),
  description: z.string(),
  subnets: z.array(z.object({ id: z.string(), availabilityZone: z.string() })),
});

export type SubnetGroupRecord = z.infer<typeof subnetGroupShape>;
