import type { ExecutionResult } from 'graphql';

/** A result as JSON, `errors` before `data` as the specification recommends, so that people see them. */
export function serialiseResult({ errors, data, extensions }: ExecutionResult): Buffer {
  return Buffer.from(
    JSON.stringify({
      errors: errors && errors.length > 0 ? errors.map((error) => error.toJSON()) : undefined,
      data,
      extensions,
    }),
  );
}
