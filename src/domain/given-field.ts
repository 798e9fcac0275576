import { invalidInput } from './errors.js';

/**
 * The name of the only field that is given. Inputs with `@oneOf` are checked too, because some executors do not check variables.
 * @throws ExpectedFailure INVALID_INPUT at `path` if none or several are given
 */
export function givenField<Name extends string>(
  input: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  path: readonly string[],
): Name {
  const given = names.filter((name) => input[name] != null);
  const [name] = given;
  if (name !== undefined && given.length === 1) return name;
  const choice = `${names.slice(0, -1).join(', ')} and ${String(names.at(-1))}`;
  throw invalidInput(`Expected exactly one of ${choice}, got ${given.length}.`, path);
}
