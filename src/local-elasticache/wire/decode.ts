import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { requiredMembers, shapesOf } from '../../interop/elasticache-schemas.js';
import { AwsFault } from './fault.js';
import { formTree, type FormNode } from './form.js';

/**
 * An SDK input after decoding: members that the schema requires are present. (The SDK's own types allow `undefined`
 * everywhere.)
 */
export type Decoded<Input> = {
  [Key in keyof Input]: Partial<Pick<Input, Key>> extends Pick<Input, Key>
    ? Input[Key]
    : Exclude<Input[Key], undefined>;
};

/**
 * Decodes the input of an action by its schema from the parameters of a request. Parameters that the schema does not
 * contain (`Action`, `X-Amz-*`, parameters of a newer SDK) are ignored.
 * @throws AwsFault MissingParameter, MalformedInput or InvalidParameterValue, naming the parameter
 */
export function decodeInput(operation: StaticOperationSchema, parameters: URLSearchParams): Record<string, unknown> {
  return decodeStruct(NormalizedSchema.of(shapesOf(operation).input), formTree(parameters), '');
}

function decode(schema: NormalizedSchema, node: FormNode, name: string): unknown {
  if (schema.isStructSchema()) return decodeStruct(schema, node, `${name}.`);
  if (schema.isListSchema()) return decodeList(schema, node, name);
  const text = node.value;
  if (text === undefined) throw new AwsFault('MalformedInput', `Expected one value for ${name}.`);
  if (schema.isBooleanSchema()) return decodeBoolean(text, name);
  if (schema.isNumericSchema()) return decodeInteger(text, name);
  if (schema.isTimestampSchema()) return decodeTimestamp(text, name);
  return decodeText(text, name);
}

function decodeStruct(schema: NormalizedSchema, node: FormNode, prefix: string): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return decoded;
  for (const [member, memberSchema] of schema.structIterator()) {
    const name = memberSchema.getMemberTraits().xmlName ?? member;
    const given = node.children.get(name);
    if (given) decoded[member] = decode(memberSchema, given, `${prefix}${name}`);
  }
  for (const member of requiredMembers(schema)) {
    // AWS checks the text of this one, and says that it must not be blank.
    const isChecked = member === 'ReplicationGroupId' && decoded[member] !== undefined;
    if (decoded[member] === undefined || (decoded[member] === '' && !isChecked)) {
      throw new AwsFault('MissingParameter', `The request must contain the parameter ${prefix}${member}.`);
    }
  }
  return decoded;
}

/** Lists are sent as the schema names their members (`Tags.Tag.1`), as `Tags.member.1`, or, by the oldest clients, flat. */
function decodeList(schema: NormalizedSchema, node: FormNode, name: string): unknown[] {
  const memberSchema = schema.getValueSchema();
  const named = node.children.get(memberSchema.getMergedTraits().xmlName ?? 'member') ?? node.children.get('member');
  const items = [...(named ?? node).children];
  if (items.length === 0 && node.value !== undefined && node.value !== '') {
    throw new AwsFault('MalformedInput', `Expected a list as ${name}.member.1 for ${name}.`);
  }
  return items
    .map(([index, item]) => ({ index: listIndex(index, name), item }))
    .sort((a, b) => a.index - b.index)
    .map(({ index, item }) => decode(memberSchema, item, `${name}.member.${index}`));
}

function listIndex(text: string, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new AwsFault('MalformedInput', `Expected a list as ${name}.member.1 for ${name}.`);
}

function decodeBoolean(text: string, name: string): boolean {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new AwsFault('MalformedInput', `Expected true or false for ${name}.`);
}

function decodeInteger(text: string, name: string): number {
  const number = Number(text);
  if (/^[+-]?\d{1,10}$/.test(text) && Math.abs(number) <= 2_147_483_647) return number;
  throw new AwsFault('MalformedInput', `Expected a 32-bit integer for ${name}.`);
}

const isoInstant = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function decodeTimestamp(text: string, name: string): Date {
  const instant = /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if ((isoInstant.test(text) || /^\d/.test(text)) && !Number.isNaN(instant.getTime())) return instant;
  throw new AwsFault('MalformedInput', `Expected an ISO 8601 time for ${name}, e.g. 2026-01-31T12:00:00Z.`);
}

/** Refuses characters that XML cannot represent, because they could not be described later. */
function decodeText(text: string, name: string): string {
  if (/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text)) return text;
  throw new AwsFault('InvalidParameterValue', `The parameter ${name} contains characters that are not allowed.`);
}
