import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import type { AwsFault } from './fault.js';

const xmlNamespace = 'http://elasticache.amazonaws.com/doc/2015-02-02/';

const text = 0;
const metadataSchema = structure('ResponseMetadata', { RequestId: text });
const errorSchema = structure('ErrorResponse', {
  Error: structure('Error', { Type: text, Code: text, Message: text }),
  RequestId: text,
});

/** Encodes `<XResponse>` with the action's output as `<XResult>`, using the SDK's own serialiser. */
export function encodeResult(operation: StaticOperationSchema, output: object, requestId: string): string {
  const [, , action, , , outputSchema] = operation;
  const hasResult = !NormalizedSchema.of(outputSchema).isUnitSchema();
  const schema = structure(`${action}Response`, {
    ...(hasResult ? { [`${action}Result`]: outputSchema } : {}),
    ResponseMetadata: metadataSchema,
  });
  return serialize(schema, { [`${action}Result`]: output, ResponseMetadata: { RequestId: requestId } });
}

/** Encodes `<ErrorResponse>`, from which clients create their typed exceptions by the code. */
export function encodeFault({ code, message, status }: AwsFault, requestId: string): string {
  const Type = status < 500 ? 'Sender' : 'Receiver';
  return serialize(errorSchema, { Error: { Type, Code: code, Message: message }, RequestId: requestId });
}

function structure(name: string, members: Record<string, $SchemaRef>): StaticStructureSchema {
  return [3, 'com.amazonaws.elasticache', name, 0, Object.keys(members), Object.values(members)];
}

function serialize(schema: StaticStructureSchema, value: object): string {
  const serializer = new XmlShapeSerializer({
    xmlNamespace,
    serviceNamespace: 'com.amazonaws.elasticache',
    timestampFormat: { useTrait: true, default: 5 },
  });
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush().toString()}`;
}
