import type { ChannelMessage } from './delivery.js';
import { isWrittenAs } from '../../runtime/exact-number.js';
import { jsonOf, writtenJsonOf } from './message-json.js';

/** A JSON value without members. Numbers are exact. */
export type JsonScalar = string | number | boolean | null;

/** What must hold of one member of a message's payload. */
export interface PayloadCondition {
  /** Names of members, or places in a list, from the outside in. */
  readonly path: readonly string[];
  /** `oneOf`: the member is there and is one of these. `exists`: whether it is there at all, null included. */
  readonly expected: { readonly oneOf: readonly JsonScalar[] } | { readonly exists: boolean };
}

/** Which messages of its channels a subscriber wants. */
export interface PayloadFilter {
  /** Equal for filters that let the same messages pass, so that their subscribers can share deliveries. */
  readonly key: string;
  /** Whether all conditions hold. A payload that is no JSON object or list matches no filter. */
  matches(message: ChannelMessage): boolean;
}

/** A filter that is met where all conditions are. */
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

/** The order of conditions, and of the values in one, says nothing. */
function keyOf(conditions: readonly PayloadCondition[]): string {
  const keys = conditions.map(({ path, expected }) => {
    const wanted = 'exists' in expected ? expected.exists : expected.oneOf.map((value) => JSON.stringify(value));
    return JSON.stringify([path, Array.isArray(wanted) ? [...new Set<unknown>(wanted)].sort() : wanted]);
  });
  return JSON.stringify([...new Set(keys)].sort());
}

/** Whether the message has this number there, rather than one that was rounded to it when it was read. */
function isExactly(number: number, message: ChannelMessage, path: readonly string[]): boolean {
  const written = writtenJsonOf(message);
  if (written === 'as read') return true;
  const text = memberAt(written.json, path);
  return typeof text === 'string' && isWrittenAs(text, number);
}

/** Undefined where there is none: JSON itself has no such value. */
function memberAt(root: unknown, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    // A list's own properties are its places and `length`, which is no member.
    if (!Object.hasOwn(value, name) || (Array.isArray(value) && name === 'length')) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
