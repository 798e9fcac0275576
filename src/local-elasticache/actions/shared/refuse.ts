import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';

/**
 * Refuses parameters that the local endpoint cannot honour, rather than ignoring them silently.
 * @throws ExpectedFailure naming the first of `names` that is given; `false`, empty text and empty lists count as not
 * given
 */
export function refuseGiven<Input extends object>(input: Input, names: readonly (keyof Input & string)[]): void {
  for (const name of names) {
    if (isGiven(input[name])) throw invalidInput(`${name} is not supported by the local ElastiCache endpoint.`);
  }
}

/**
 * Refuses everything in the request but these parameters, which cannot be combined with others.
 * @throws ExpectedFailure with the message for the name of the first other parameter
 */
export function refuseOthers<Input extends object>(
  input: Input,
  names: readonly (keyof Input & string)[],
  messageOf: (other: string) => string,
): void {
  const known: ReadonlySet<string> = new Set(names);
  const [other] = Object.entries(input).find(([name, value]) => value !== undefined && !known.has(name)) ?? [];
  if (other !== undefined) throw invalidCombination(messageOf(other));
}

/** The parameters of a request for a resource that has the settings of another one. */
interface InheritedSettings<Input> {
  /** Those that may have any value. */
  readonly free: readonly (keyof Input & string)[];
  /** The settings that the request may repeat. The case of text has no meaning. */
  readonly same: Partial<Record<keyof Input & string, string | number | boolean | undefined>>;
}

/**
 * Refuses settings that differ from those of the resource from which they come.
 * @throws ExpectedFailure with the message for the name of the first one
 */
export function refuseOtherSettings<Input extends object>(
  input: Input,
  { free, same }: InheritedSettings<Input>,
  messageOf: (name: string) => string,
): void {
  const anyValue: ReadonlySet<string> = new Set(free);
  const expected = new Map<string, unknown>(Object.entries(same));
  for (const [name, value] of Object.entries(input) as [string, unknown][]) {
    // A flag that is false differs from one that is true.
    const isSetting = value === false ? expected.has(name) : isGiven(value);
    if (!isSetting || anyValue.has(name) || isSame(value, expected.get(name))) continue;
    throw invalidCombination(messageOf(name));
  }
}

function isSame(value: unknown, expected: unknown): boolean {
  return typeof value === 'string' ? value.toLowerCase() === expected : value === expected;
}

/** `false`, empty text and empty lists count as not given. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** Creates the failure of parameters that cannot be used together. */
export function invalidCombination(message: string): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { upstreamCode: 'InvalidParameterCombination' });
}
