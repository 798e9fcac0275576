import * as elasticache from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import * as z from 'zod';

/**
 * The SDK exports every operation and error of ElastiCache as a runtime schema (`CreateUser$`, `UserNotFoundFault$`), so
 * nothing of the wire format is listed by hand.
 */
const exported: readonly unknown[] = Object.values(elasticache);

function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

/** Every action of ElastiCache's API by its name. */
export const operationSchemas: ReadonlyMap<string, StaticOperationSchema> = new Map(
  exported.filter(isOperation).map((schema) => [schema[2], schema]),
);

const queryError = z.object({ awsQueryError: z.tuple([z.string(), z.number()]) });

/** The code and HTTP status with which AWS answers an error: `UserNotFound`, 404 for `UserNotFoundFault$`. */
export function errorIdentity(schema: StaticErrorSchema): { code: string; status: number } {
  const [code, status] = queryError.parse(NormalizedSchema.of(schema).getMergedTraits()).awsQueryError;
  return { code, status };
}
