import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { createXmlWriter, type XmlWriter } from '../../interop/aws-xml.js';
import { shapesOf, structureSchema, textSchema } from '../../interop/elasticache-schemas.js';
import type { AwsFault } from './fault.js';

const xmlNamespace = 'http://elasticache.amazonaws.com/doc/2015-02-02/';

const metadataSchema = structureSchema('ResponseMetadata', { RequestId: textSchema });
const errorSchema = structureSchema('ErrorResponse', {
  Error: structureSchema('Error', { Type: textSchema, Code: textSchema, Message: textSchema }),
  RequestId: textSchema,
});
const writeError = createXmlWriter(errorSchema, xmlNamespace);

/** Those of the actions that were called. */
const resultWriters = new Map<StaticOperationSchema, XmlWriter>();

/** Encodes `<XResponse>` with the action's output as `<XResult>`, by the SDK's own schema. */
export function encodeResult(operation: StaticOperationSchema, output: object, requestId: string): string {
  const write = resultWriters.get(operation) ?? createResultWriter(operation);
  resultWriters.set(operation, write);
  return write({ [`${shapesOf(operation).name}Result`]: output, ResponseMetadata: { RequestId: requestId } });
}

function createResultWriter(operation: StaticOperationSchema): XmlWriter {
  const { name: action, output } = shapesOf(operation);
  const hasResult = !NormalizedSchema.of(output).isUnitSchema();
  const schema = structureSchema(`${action}Response`, {
    ...(hasResult ? { [`${action}Result`]: output } : {}),
    ResponseMetadata: metadataSchema,
  });
  return createXmlWriter(schema, xmlNamespace);
}

/** Encodes `<ErrorResponse>`, from which clients create their typed exceptions by the code. */
export function encodeFault({ code, message, status }: AwsFault, requestId: string): string {
  const Type = status < 500 ? 'Sender' : 'Receiver';
  return writeError({ Error: { Type, Code: code, Message: message }, RequestId: requestId });
}
