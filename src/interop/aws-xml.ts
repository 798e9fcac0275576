import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { StaticStructureSchema } from '@smithy/types';

/** The code of the format `date-time` among those of timestamps. */
const dateTime = 5;

/**
 * A structure as XML, as the AWS SDK writes and reads it.
 *
 * Relies on `XmlShapeSerializer` of @aws-sdk/core 3.981, which is exported for the SDK's own clients and undocumented. Names,
 * nesting and formats of times follow from the schema, as they do for the SDK that reads the answer.
 */
export function toXml(schema: StaticStructureSchema, value: object, xmlNamespace: string): string {
  const serializer = new XmlShapeSerializer({
    xmlNamespace,
    serviceNamespace: 'com.amazonaws.elasticache',
    timestampFormat: { useTrait: true, default: dateTime },
  });
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush().toString()}`;
}
