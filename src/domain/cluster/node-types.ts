import { invalidInput } from '../errors.js';

const large = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'];
const older = ['large', 'xlarge', '2xlarge', '4xlarge', '10xlarge'];
const small = ['micro', 'small', 'medium'];
const graviton = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];

/** Families of ElastiCache node types with their sizes: current generations and previous ones that are still in use. */
const families: Readonly<Record<string, readonly string[]>> = {
  t2: small,
  t3: small,
  t4g: small,
  m3: ['medium', ...older],
  m4: older,
  m5: large,
  m6g: graviton,
  m7g: graviton,
  r3: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'],
  r4: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'],
  r5: large,
  r6g: graviton,
  r6gd: graviton.filter((size) => size !== 'large'),
  r7g: graviton,
  c7gn: graviton,
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
