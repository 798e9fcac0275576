import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';

/** Writes a value of the schema for which it was made. */
export type XmlWriter = (value: unknown) => string;

/**
 * Returns a function that writes structures of a schema as XML, as the AWS SDK writes and reads it: names, nesting and formats follow
 * from the schema. The names are read once and not for each value, which makes it several times as fast as the SDK's `XmlShapeSerializer`.
 *
 * Relies on `NormalizedSchema` of @smithy/core 3.41, which is exported for the SDK's own clients and undocumented. The schemas of
 * ElastiCache's answers consist of structures, lists, texts, numbers, booleans and times, and have no trait but `xmlName`; a contract test
 * checks that, and that the output is the same as that of `XmlShapeSerializer`.
 */
export function createXmlWriter(schema: $SchemaRef, xmlNamespace: string): XmlWriter {
  const normalized = NormalizedSchema.of(schema);
  const name = normalized.getName() ?? '';
  const contentOf = contentWriter(normalized);
  return (value) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${xmlNamespace}">${contentOf(value)}</${name}>`;
}

/** Writes what is between the tags. */
function contentWriter(schema: NormalizedSchema): XmlWriter {
  if (schema.isStructSchema()) return structureWriter(schema);
  if (schema.isListSchema()) return listWriter(schema);
  if (schema.isTimestampSchema()) return writeTime;
  if (schema.isStringSchema()) return (value) => escaped(String(value));
  if (schema.isBooleanSchema() || schema.isNumericSchema()) return String;
  throw new Error(`Expected a schema that answers of ElastiCache consist of, got ${schema.getName(true)}.`);
}

function structureWriter(schema: NormalizedSchema): XmlWriter {
  let members: [name: string, write: XmlWriter][] | undefined;
  return (value) => {
    // At the first value, because a structure may contain itself.
    members ??= [...schema.structIterator()].map(([name, member]) => [
      name,
      elementWriter(member.getMergedTraits().xmlName ?? name, member),
    ]);
    if (!isStructure(value)) throw new TypeError(`Expected a structure ${schema.getName() ?? ''}.`);
    let xml = '';
    for (const [name, write] of members) xml += write(value[name]);
    return xml;
  };
}

function isStructure(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function listWriter(schema: NormalizedSchema): XmlWriter {
  const item = schema.getValueSchema();
  const write = elementWriter(item.getMergedTraits().xmlName ?? 'member', item);
  return (value) => {
    if (!Array.isArray(value)) throw new TypeError(`Expected a list of ${item.getName() ?? 'values'}.`);
    let xml = '';
    for (const one of value as readonly unknown[]) xml += write(one);
    return xml;
  };
}

/** Writes nothing for a missing value, and `<Name/>` for a structure or list without any. */
function elementWriter(name: string, schema: NormalizedSchema): XmlWriter {
  const contentOf = contentWriter(schema);
  const [start, end] = [`<${name}>`, `</${name}>`];
  const empty = schema.isStructSchema() || schema.isListSchema() ? `<${name}/>` : `${start}${end}`;
  return (value) => {
    if (value === undefined || value === null) return '';
    const content = contentOf(value);
    return content === '' ? empty : start + content + end;
  };
}

const writeTime: XmlWriter = (value) => {
  if (!(value instanceof Date)) throw new TypeError('Expected a Date for a time.');
  return value.toISOString().replace('.000Z', 'Z');
};

/** Line ends too, because a parser would otherwise change some of them. */
const special = /[&"'<>\r\n\u0085\u2028]/;
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#x0D;',
  '\n': '&#x0A;',
  '\u0085': '&#x85;',
  '\u2028': '&#x2028;',
};

function escaped(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(/[&"'<>\r\n\u0085\u2028]/g, (character) => references[character] ?? character);
}
