import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { toXml } from '../../interop/aws-xml.js';
import { shapesOf, structureSchema, textSchema } from '../../interop/elasticache-schemas.js';
import type { AwsFault } from './fault.js';

const xmlNamespace = 'http://elasticache.amazonaws.com/doc/2015-02-02/';

const metadataSchema = structureSchema('ResponseMetadata', { RequestId: textSchema });
const errorSchema = structureSchema('ErrorResponse', {
  Error: structureSchema('Error', { Type: textSchema, Code: textSchema, Message: textSchema }),
  RequestId: textSchema,
});

/** Encodes `<XResponse>` with the action's output as `<XResult>`, using the SDK's own serialiser. */
export function encodeResult(operation: StaticOperationSchema, output: object, requestId: string): string {
  const { name: action, output: outputSchema } = shapesOf(operation);
  const hasResult = !NormalizedSchema.of(outputSchema).isUnitSchema();
  const schema = structureSchema(`${action}Response`, {
    ...(hasResult ? { [`${action}Result`]: outputSchema } : {}),
    ResponseMetadata: metadataSchema,
  });
  return toXml(schema, { [`${action}Result`]: output, ResponseMetadata: { RequestId: requestId } }, xmlNamespace);
}

/** Encodes `<ErrorResponse>`, from which clients create their typed exceptions by the code. */
export function encodeFault({ code, message, status }: AwsFault, requestId: string): string {
  const Type = status < 500 ? 'Sender' : 'Receiver';
  return toXml(errorSchema, { Error: { Type, Code: code, Message: message }, RequestId: requestId }, xmlNamespace);
}
