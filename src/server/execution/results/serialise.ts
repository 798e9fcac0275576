import { GraphQLError, type ExecutionResult } from 'graphql';

/**
 * Serialises a result as JSON, `errors` before `data` as the specification recommends, so that people see them. Never throws: a
 * published message may nest deeper than JSON.stringify can write, and must not fail the delivery to other subscribers.
 */
export function serialiseResult(result: ExecutionResult): Buffer {
  return Buffer.from(textOfResult(result));
}

/** The same as a string. node writes a string together with the headers, but a buffer in a separate write. */
export function textOfResult(result: ExecutionResult): string {
  try {
    return stringify(result);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return serialiseShallow(result);
  }
}

function stringify({ errors, data, extensions }: ExecutionResult): string {
  return JSON.stringify({
    errors: errors && errors.length > 0 ? errors.map((error) => error.toJSON()) : undefined,
    data,
    extensions,
  });
}

/** Levels of nested values that can be written without risk of a stack overflow. */
const maxWrittenDepth = 500;

/** The result without deeper values, and with an error that says so. */
export function shallowResult({ errors = [], data, extensions }: ExecutionResult): ExecutionResult {
  const truncated = new GraphQLError(`Values nested deeper than ${maxWrittenDepth} levels are left out.`, {
    extensions: { code: 'LIMIT_EXCEEDED' },
  });
  const shallow =
    data && Object.fromEntries(Object.entries(data).map(([name, item]) => [name, upTo(maxWrittenDepth, item)]));
  return { errors: [...errors, truncated], ...(shallow && { data: shallow }), ...(extensions && { extensions }) };
}

function serialiseShallow(result: ExecutionResult): string {
  try {
    return stringify(shallowResult(result));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const tooLong = new GraphQLError('The result is too long.', { extensions: { code: 'LIMIT_EXCEEDED' } });
    return stringify({ errors: [tooLong], data: null });
  }
}

/** A copy in which null replaces objects and lists below the given number of levels. */
function upTo(levels: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => upTo(levels - 1, item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, upTo(levels - 1, item)]));
}
