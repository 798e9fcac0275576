import * as elasticache from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticErrorSchema, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import * as z from 'zod';

/**
 * The runtime schemas from which the AWS SDK reads and writes the protocol. The local ElastiCache endpoint speaks the same protocol
 * by the same schemas, so that no action, member or error is listed by hand (docs/decisions/wire-from-sdk-schemas.md).
 *
 * Relies on these internals of @aws-sdk/client-elasticache 3.1127 and @smithy/core 3.41: the client exports the schema of each action
 * and error (`CreateUser$`, `UserNotFoundFault$`), and a schema is a tuple whose positions are typed, but not documented.
 */
const exported: readonly unknown[] = Object.values(elasticache);

const kinds = { structure: 3, operation: 9 } as const;

function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === kinds.operation;
}

/** Every action of ElastiCache's API by its name. */
export const operationSchemas: ReadonlyMap<string, StaticOperationSchema> = new Map(
  exported.filter(isOperation).map((schema) => [schema[2], schema]),
);

export interface OperationShapes {
  readonly name: string;
  readonly input: $SchemaRef;
  readonly output: $SchemaRef;
}

export function shapesOf([, , name, , input, output]: StaticOperationSchema): OperationShapes {
  return { name, input, output };
}

const queryError = z.object({ awsQueryError: z.tuple([z.string(), z.number()]) });

/** The code and HTTP status with which AWS answers an error: `UserNotFound`, 404 for `UserNotFoundFault$`. */
export function errorIdentity(schema: StaticErrorSchema): { code: string; status: number } {
  const [code, status] = queryError.parse(NormalizedSchema.of(schema).getMergedTraits()).awsQueryError;
  return { code, status };
}

/** The members that a structure requires: its schema lists them first, and then how many they are. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const structure = schema.getSchema();
  if (!Array.isArray(structure) || structure[0] !== kinds.structure) return [];
  return structure[4].slice(0, structure[6] ?? 0);
}

/** A structure that the SDK has no schema of. */
export function structureSchema(name: string, members: Readonly<Record<string, $SchemaRef>>): StaticStructureSchema {
  return [kinds.structure, 'com.amazonaws.elasticache', name, 0, Object.keys(members), Object.values(members)];
}

/** A member that is a text. */
export const textSchema: $SchemaRef = 0;
