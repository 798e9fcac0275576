import { GraphQLError, type ExecutionResult } from 'graphql';

/**
 * A result as JSON, `errors` before `data` as the specification recommends, so that people see them. Never throws: what
 * somebody has published may nest deeper than JSON can be written, and goes to subscribers of whom others are served too.
 */
export function serialiseResult(result: ExecutionResult): Buffer {
  return Buffer.from(textOfResult(result));
}

/** The same as text: node writes a text together with the headers before it, and bytes in a piece of their own. */
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

/** Levels of values in values, far from where the stack ends. */
const deepest = 500;

/** The result without what nests deeper, and with an error that says so. */
export function shallowResult({ errors = [], data, extensions }: ExecutionResult): ExecutionResult {
  const told = new GraphQLError(`What nests deeper than ${deepest} levels is left out.`, {
    extensions: { code: 'LIMIT_EXCEEDED' },
  });
  const shallow = data && Object.fromEntries(Object.entries(data).map(([name, item]) => [name, upTo(deepest, item)]));
  return { errors: [...errors, told], ...(shallow && { data: shallow }), ...(extensions && { extensions }) };
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

/** A copy with null for all that is further down. */
function upTo(levels: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => upTo(levels - 1, item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, upTo(levels - 1, item)]));
}
