import type { ChannelMessage } from './delivery.js';
import { isWrittenAs } from '../../runtime/exact-number.js';
import { jsonOf, writtenJsonOf } from './message-json.js';

/** A JSON value that is neither object nor list. Numbers are exact. */
export type JsonScalar = string | number | boolean | null;

/** A condition on one member of a message's payload. */
export interface PayloadCondition {
  /** Names of members or list indexes, from the root. */
  readonly path: readonly string[];
  /** `oneOf`: the member exists and equals one of these. `exists`: the member exists or not; null counts as existing. */
  readonly expected: { readonly oneOf: readonly JsonScalar[] } | { readonly exists: boolean };
}

/** Selects the messages that a subscriber receives. */
export interface PayloadFilter {
  /** Equal for filters that accept the same messages, so that their subscribers can share deliveries. */
  readonly key: string;
  /** Tests whether all conditions hold. A payload that is not a JSON object or list matches no filter. */
  matches(message: ChannelMessage): boolean;
}

/** Creates a filter that requires all conditions. */
export function createPayloadFilter(conditions: readonly PayloadCondition[]): PayloadFilter {
  const checks = conditions.map(({ path, expected }) => {
    if ('exists' in expected) return (root: unknown) => (memberAt(root, path) !== undefined) === expected.exists;
    const accepted: ReadonlySet<unknown> = new Set(expected.oneOf);
    return (root: unknown, message: ChannelMessage) => {
      const value = memberAt(root, path);
      return accepted.has(value) && (typeof value !== 'number' || isExactly(value, message, path));
    };
  });
  return {
    key: keyOf(conditions),
    matches(message) {
      const root = jsonOf(message);
      return typeof root === 'object' && root !== null && checks.every((holds) => holds(root, message));
    },
  };
}

/** The order of conditions, and of the values in one, does not matter. */
function keyOf(conditions: readonly PayloadCondition[]): string {
  const keys = conditions.map(({ path, expected }) => {
    const expectation = 'exists' in expected ? expected.exists : expected.oneOf.map((value) => JSON.stringify(value));
    return JSON.stringify([path, Array.isArray(expectation) ? [...new Set<unknown>(expectation)].sort() : expectation]);
  });
  return JSON.stringify([...new Set(keys)].sort());
}

/** Tests whether the message contains exactly this number, rather than one that parsing rounded to it. */
function isExactly(number: number, message: ChannelMessage, path: readonly string[]): boolean {
  const written = writtenJsonOf(message);
  if (written === 'as read') return true;
  const text = memberAt(written.json, path);
  return typeof text === 'string' && isWrittenAs(text, number);
}

/** Undefined if there is no such member: JSON has no undefined. */
function memberAt(root: unknown, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    // The own properties of a list are its indexes and `length`, which is not a member.
    if (!Object.hasOwn(value, name) || (Array.isArray(value) && name === 'length')) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
