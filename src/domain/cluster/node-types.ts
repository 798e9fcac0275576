import { invalidInput } from '../errors.js';

const small = ['micro', 'small', 'medium'];
const upTo4 = ['large', 'xlarge', '2xlarge', '4xlarge'];
const intel = [...upTo4, '12xlarge', '24xlarge'];
const graviton = [...upTo4, '8xlarge', '12xlarge', '16xlarge'];

/**
 * Families of ElastiCache node types with their sizes: current generations and previous ones that are still in use (ElastiCache user
 * guide, "Supported node types", as of November 2026).
 */
const families: Readonly<Record<string, readonly string[]>> = {
  t2: small,
  t3: small,
  t4g: small,
  m3: ['medium', 'large', 'xlarge', '2xlarge'],
  m4: [...upTo4, '10xlarge'],
  m5: intel,
  m6g: graviton,
  m7g: graviton,
  m8g: graviton,
  r3: [...upTo4, '8xlarge'],
  r4: [...upTo4, '8xlarge', '16xlarge'],
  r5: intel,
  r6g: graviton,
  r6gd: graviton.filter((size) => size !== 'large'),
  r7g: graviton,
  r8g: graviton,
  c7gn: graviton,
  c8gn: graviton,
};

/** All node types of ElastiCache, e.g. `cache.t3.small`. */
export const nodeTypes: readonly string[] = Object.entries(families).flatMap(([family, sizes]) =>
  sizes.map((size) => `cache.${family}.${size}`),
);

/**
 * Checks that the node type exists.
 * @throws ExpectedFailure INVALID_INPUT at `path`.
 */
export function nodeType(text: string, path?: readonly string[]): string {
  const name = text.toLowerCase();
  if (nodeTypes.includes(name)) return name;
  const known = nodeTypes.filter(
    (type) => name.includes('.') && type.startsWith(name.slice(0, name.lastIndexOf('.') + 1)),
  );
  const expected =
    known.length > 0 ? known.join(', ') : 'for example cache.t3.small, cache.m6g.large or cache.r7g.xlarge';
  throw invalidInput(`Invalid cache node type. Expected ${expected}.`, path);
}
