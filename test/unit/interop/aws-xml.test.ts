import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';
import { describe, expect, test } from 'vitest';
import { createXmlWriter } from '../../../src/interop/aws-xml.js';
import { operationSchemas, shapesOf, structureSchema, textSchema } from '../../../src/interop/elasticache-schemas.js';

const namespace = 'http://example.test/';

/** As the AWS SDK writes it. */
function sdkXml(schema: StaticStructureSchema, value: object): string {
  const serializer = new XmlShapeSerializer({
    xmlNamespace: namespace,
    serviceNamespace: 'com.amazonaws.elasticache',
    timestampFormat: { useTrait: true, default: 5 },
  });
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush().toString()}`;
}

/** A value in which each member of the schema occurs, each list with `items`. */
function sampleOf(schema: NormalizedSchema, items: number): unknown {
  if (schema.isStructSchema()) {
    const members = [...schema.structIterator()].map(([name, member]) => [name, sampleOf(member, items)]);
    return Object.fromEntries(members);
  }
  if (schema.isListSchema()) return Array.from({ length: items }, () => sampleOf(schema.getValueSchema(), items));
  if (schema.isTimestampSchema()) return new Date(items === 1 ? '2026-01-02T03:04:05Z' : '2026-01-02T03:04:05.678Z');
  if (schema.isBooleanSchema()) return items === 1;
  if (schema.isNumericSchema()) return items;
  return items === 0 ? '' : `a<b> & "c" 'd' \r\n \u0085 \u2028 é 😀 ]]>`;
}

describe('The XML of answers', () => {
  const outputs = [...operationSchemas].map(([action, operation]) => ({ action, ...shapesOf(operation) }));
  const withResult = outputs.filter(({ output }) => !NormalizedSchema.of(output).isUnitSchema());

  test.each([0, 1, 2])('is what the AWS SDK writes for every action, with lists of %i items', (items) => {
    expect(withResult.length).toBeGreaterThan(70);
    for (const { action, output } of withResult) {
      const schema = structureSchema(`${action}Response`, { Result: output, RequestId: textSchema });
      const value = { Result: sampleOf(NormalizedSchema.of(output), items), RequestId: '1' };
      expect(createXmlWriter(schema, namespace)(value), action).toBe(sdkXml(schema, value));
    }
  });

  test('leaves out members that are missing or null, and writes empty structures', () => {
    for (const { action, output } of withResult) {
      const schema = structureSchema(`${action}Response`, { Result: output, Nothing: textSchema, Gone: textSchema });
      const value = { Result: {}, Nothing: undefined, Gone: null };
      expect(createXmlWriter(schema, namespace)(value), action).toBe(sdkXml(schema, value));
    }
  });

  test('contains no trait of the schemas besides the name of an element', () => {
    const seen = new Set<unknown>();
    const traits = new Set<string>();
    const visit = (schema: NormalizedSchema): void => {
      for (const trait of Object.keys(schema.getMergedTraits())) traits.add(trait);
      if (schema.isListSchema()) visit(schema.getValueSchema());
      if (!schema.isStructSchema() || seen.has(schema.getSchema())) return;
      seen.add(schema.getSchema());
      for (const [, member] of schema.structIterator()) visit(member);
    };
    for (const { output } of withResult) visit(NormalizedSchema.of(output));
    expect([...traits]).toEqual(['xmlName']);
  });

  test('writes the same for each value after the first', () => {
    const { output } = shapesOf(operationSchemas.get('DescribeEvents')!);
    const write = createXmlWriter(structureSchema('R', { Result: output }), namespace);
    const first = write({ Result: { Marker: 'a', Events: [{ Message: 'm' }] } });
    write({ Result: { Events: [{ Message: 'other' }, {}] } });
    expect(write({ Result: { Marker: 'a', Events: [{ Message: 'm' }] } })).toBe(first);
    expect(first).toContain('<Marker>a</Marker><Events><Event><Message>m</Message></Event></Events>');
  });

  test('refuses values that the schema does not allow', () => {
    const { output } = shapesOf(operationSchemas.get('DescribeEvents')!);
    const write = createXmlWriter(structureSchema('R', { Result: output }), namespace);
    expect(() => write({ Result: { Events: 'none' } })).toThrow('Expected a list');
    expect(() => write({ Result: { Events: [{ Date: '2026-01-01' }] } })).toThrow('Expected a Date');
  });
});
