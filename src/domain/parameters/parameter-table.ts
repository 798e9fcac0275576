import { invalidInput } from '../errors.js';
import { catalogue, type CatalogueEntry } from './parameter-catalogue.js';
import { engineVersions } from '../cluster/engines.js';

/** A parameter of a family of parameter groups. */
export interface EngineParameter {
  readonly name: string;
  readonly defaultValue: string;
  readonly description: string;
  readonly dataType: 'string' | 'integer';
  /** `a,b` lists values, `0-100` is a range, `0-` is a range without an upper end; empty if any text is allowed. */
  readonly allowedValues: string;
  /** The least and the most that the engines accept, where `allowedValues` leave that end open. */
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  readonly modifiable: boolean;
  readonly changeType: 'immediate' | 'requires-reboot';
  readonly minimumEngineVersion: string;
}

/**
 * The parameters of a family, sorted by name. Cluster mode is itself a parameter, which is chosen when a group is created. The
 * parameters that depend on the node type are separate: see `nodeTypeParameters`.
 */
export function engineParameters(family: string, clusterMode: boolean): readonly EngineParameter[] {
  const own = parametersOf(family);
  if (!clusterMode) return own;
  return own.map((parameter) =>
    parameter.name === 'cluster-enabled' ? { ...parameter, defaultValue: 'yes' } : parameter,
  );
}

/**
 * Checks a value of a parameter.
 * @throws ExpectedFailure INVALID_INPUT at `path` if the family has no such parameter or it is fixed, or the value is not
 * allowed.
 */
export function checkParameterValue(family: string, name: string, value: string, path?: readonly string[]): void {
  const parameter = modifiableParameter(family, name, path);
  if (isAllowed(parameter, value)) return;
  throw invalidInput(`The parameter value is invalid for ${name}. Expected ${expectedValue(parameter)}.`, path);
}

/**
 * Finds a parameter that may be changed.
 * @throws ExpectedFailure INVALID_INPUT at `path` if the family has no such parameter or it is fixed.
 */
export function modifiableParameter(family: string, name: string, path?: readonly string[]): EngineParameter {
  const parameter = parametersOf(family).find((known) => known.name === name);
  if (!parameter) {
    // Only a name that another family has is repeated: other text may be a secret in the wrong place.
    const isKnown = catalogue.some((known) => known.name === name);
    throw invalidInput(
      isKnown ? `Parameter ${name} doesn't exist in family ${family}.` : 'Could not find a parameter of this name.',
      path,
    );
  }
  if (!parameter.modifiable) throw invalidInput(`The parameter ${name} cannot be modified.`, path);
  return parameter;
}

function isAllowed(parameter: EngineParameter, value: string): boolean {
  const { name, allowedValues, dataType, least = -Infinity, most = Infinity } = parameter;
  // Nodes do not start with a class that the engine lacks.
  if (name === 'notify-keyspace-events') return /^[Ag$lshzxeKEtmdn]{0,30}$/.test(value);
  if (name === 'rename-commands') return isRenaming(value, new Set(allowedValues.split(',')));
  if (!allowedValues.split(/,(?=-?\w)/).some((allowed) => matches(value, allowed, dataType))) return false;
  return dataType === 'string' || (Number(value) >= least && Number(value) <= most);
}

/** Pairs of a command and its new name, separated by spaces. */
function isRenaming(value: string, commands: ReadonlySet<string>): boolean {
  if (value === '') return true;
  const words = value.split(' ');
  return (
    words.length % 2 === 0 &&
    value.length <= 4096 &&
    words.every((word, index) => (index % 2 === 0 ? commands.has(word.toUpperCase()) : /^[\w-]{1,64}$/.test(word)))
  );
}

function expectedValue({ name, allowedValues, least, most }: EngineParameter): string {
  if (name === 'notify-keyspace-events') return 'event classes such as KEA';
  if (name === 'rename-commands') return 'pairs of a command and its new name, separated by spaces';
  const open = allowedValues === '-' ? 'an integer' : allowedValues;
  if (least !== undefined) return `${open} of at least ${least}`;
  return most === undefined ? open : `${open}${most}`;
}

function matches(value: string, allowed: string, dataType: EngineParameter['dataType']): boolean {
  if (dataType === 'string') return value === allowed;
  if (!/^-?\d{1,15}$/.test(value)) return false;
  if (allowed === '-') return true;
  const [, from, to] = /^(-?\d+)-(\d*)$/.exec(allowed) ?? [];
  if (from === undefined) return value === allowed;
  return Number(value) >= Number(from) && (to === undefined || to === '' || Number(value) <= Number(to));
}

const families = new Map<string, readonly EngineParameter[]>();

function parametersOf(family: string): readonly EngineParameter[] {
  const known = families.get(family);
  if (known) return known;
  const first = engineVersions.find(({ parameterGroupFamily }) => parameterGroupFamily === family)?.version;
  if (first === undefined) throw new Error('Expected a family of parameter groups.');
  const generation = generationOf(family);
  const made = catalogue
    .filter(({ from = 0, until = Infinity }) => generation >= from && generation <= until)
    .map((entry) => parameterOf(entry, generation, first))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  families.set(family, made);
  return made;
}

/** The major version: 6 for `redis6.x`. */
function generationOf(family: string): number {
  return Number(/\d+/.exec(family)?.[0]);
}

function parameterOf(entry: CatalogueEntry, generation: number, firstVersion: string): EngineParameter {
  const { name, allowedValues, least, most, description, fixedFrom = Infinity } = entry;
  const later = Object.entries(entry.laterDefaults ?? {}).filter(([from]) => generation >= Number(from));
  // A version of an earlier generation than the family's first brought it with that one.
  const isLater = entry.since !== undefined && Number.parseInt(entry.since, 10) === generation;
  return {
    name,
    defaultValue: later.at(-1)?.[1] ?? entry.defaultValue,
    description,
    dataType: /^-?\d*(?:[-,]|$)/.test(allowedValues) && allowedValues !== '' ? 'integer' : 'string',
    allowedValues,
    least,
    most,
    modifiable: entry.fixed !== true && generation < fixedFrom,
    changeType: entry.requiresReboot ? 'requires-reboot' : 'immediate',
    minimumEngineVersion: inThreeParts(isLater ? (entry.since ?? firstVersion) : firstVersion),
  };
}

function inThreeParts(version: string): string {
  return version.split('.').length === 2 ? `${version}.0` : version;
}
