import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';

/**
 * Refuses parameters that the local endpoint cannot honour, rather than ignoring them silently.
 * @throws ExpectedFailure naming the first of `names` that is given; `false`, empty text and empty lists count as not
 * given
 */
export function refuseGiven<Input extends object>(input: Input, names: readonly (keyof Input & string)[]): void {
  for (const name of names) {
    const value: unknown = input[name];
    const asksNothing =
      value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0);
    if (!asksNothing) throw invalidInput(`${name} is not supported by the local ElastiCache endpoint.`);
  }
}

/**
 * Refuses everything in the request but these parameters, which the local endpoint cannot combine with others.
 * @throws ExpectedFailure naming the first other parameter
 */
export function refuseOthers<Input extends object>(input: Input, names: readonly (keyof Input & string)[]): void {
  const known: ReadonlySet<string> = new Set(names);
  const [other] = Object.entries(input).find(([name, value]) => value !== undefined && !known.has(name)) ?? [];
  if (other === undefined) return;
  throw invalidCombination(`${other} cannot be combined with ${names[1] ?? ''} by the local ElastiCache endpoint.`);
}

/** Creates the failure of parameters that cannot be used together. */
export function invalidCombination(message: string): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { upstreamCode: 'InvalidParameterCombination' });
}
