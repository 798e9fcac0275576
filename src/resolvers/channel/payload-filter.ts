import { invalidInput } from '../../domain/errors.js';
import { isExact } from '../../runtime/exact-number.js';
import {
  createPayloadFilter,
  type JsonScalar,
  type PayloadCondition,
  type PayloadFilter,
} from '../../domain/realtime/payload-filter.js';

/** A condition of a client: a path and exactly one of the other fields. */
export interface PayloadConditionInput {
  readonly path: string;
  readonly equals?: unknown;
  readonly in?: readonly unknown[] | null | undefined;
  readonly exists?: boolean | null | undefined;
}

const most = { conditions: 16, depth: 16, pathLength: 512, values: 100, valueLength: 1024 };

/**
 * The filter of all conditions together; absent if there are none.
 * @throws ExpectedFailure INVALID_INPUT at `filter.<index>.<field>`
 */
export function payloadFilter(
  conditions: readonly PayloadConditionInput[] | null | undefined,
): PayloadFilter | undefined {
  if (conditions == null || conditions.length === 0) return undefined;
  if (conditions.length > most.conditions) {
    throw invalidInput(`Expected at most ${most.conditions} conditions, got ${conditions.length}.`, ['filter']);
  }
  return createPayloadFilter(conditions.map((input, index) => condition(input, ['filter', String(index)])));
}

function condition(input: PayloadConditionInput, at: readonly string[]): PayloadCondition {
  const path = pathOf(input.path, [...at, 'path']);
  const { equals, in: values, exists } = input;
  const given = [equals, values, exists].filter((value) => value != null).length;
  // `equals: null` matches JSON null. Beside another condition, it is a variable that the client omitted.
  if (given > 1 || (given === 0 && equals === undefined)) {
    throw invalidInput(`Expected one of \`equals\`, \`in\` and \`exists\`, got ${given}.`, at);
  }
  if (exists != null) return { path, expected: { exists } };
  if (values == null) return { path, expected: { oneOf: [scalar(equals, [...at, 'equals'])] } };
  if (values.length === 0 || values.length > most.values) {
    throw invalidInput(`Expected 1 to ${most.values} values, got ${values.length}.`, [...at, 'in']);
  }
  return { path, expected: { oneOf: values.map((value, index) => scalar(value, [...at, 'in', String(index)])) } };
}

/** A backslash makes the dot or backslash after it part of a name. */
function pathOf(text: string, at: readonly string[]): readonly string[] {
  if (text.length > most.pathLength) {
    throw invalidInput(`Expected at most ${most.pathLength} characters, got ${text.length}.`, at);
  }
  if (!/^(?:[^\\]|\\[.\\])*$/.test(text)) {
    throw invalidInput('Expected a backslash only before a dot or backslash of a name.', at);
  }
  const names = [...text.matchAll(/(?:^|\.)((?:[^.\\]|\\.)*)/g)].map(([, name = '']) => name.replace(/\\(.)/g, '$1'));
  if (names.includes(''))
    throw invalidInput('Expected names separated by dots, such as "order.status", got an empty name.', at);
  if (names.length > most.depth) {
    throw invalidInput(`Expected at most ${most.depth} names, got ${names.length}.`, at);
  }
  return names;
}

function scalar(value: unknown, at: readonly string[]): JsonScalar {
  if (typeof value === 'string' && value.length > most.valueLength) {
    throw invalidInput(`Expected at most ${most.valueLength} characters, got ${value.length}.`, at);
  }
  if (typeof value === 'number' && !isExact(value)) {
    throw invalidInput(
      `Expected an integer from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}, got a larger one, which would lose ` +
        'digits: publish it as a string, and compare strings.',
      at,
    );
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw invalidInput('Expected a string, a number, a boolean or null, got an object or a list.', at);
}
