import { familyInTables, nodeMemory } from './node-memory.js';
import { nodeTypes } from './node-types.js';

/** A node type with its size. */
export interface NodeType {
  readonly name: string;
  /** As AWS states it. */
  readonly memoryBytes: number;
  /** The parameter `maxmemory`, before the reserved share; null if it is unknown. */
  readonly maxMemoryBytes: number | null;
  readonly vcpus: number | null;
}

/**
 * The memory of node types in GiB, from the ElastiCache user guide ("Supported node types") as of November 2026. `m` and `r` stand
 * for the families that share their sizes. AWS has no call that lists node types.
 */
const gibibytes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t2: { micro: 0.555, small: 1.55, medium: 3.22 },
  t3: { micro: 0.5, small: 1.37, medium: 3.09 },
  t4g: { micro: 0.5, small: 1.37, medium: 3.09 },
  m3: { medium: 2.78, large: 6.05, xlarge: 13.3, '2xlarge': 27.9 },
  m4: { large: 6.42, xlarge: 14.28, '2xlarge': 29.7, '4xlarge': 60.78, '10xlarge': 154.64 },
  m: {
    ...{ large: 6.38, xlarge: 12.93, '2xlarge': 26.04, '4xlarge': 52.26 },
    ...{ '8xlarge': 103.68, '12xlarge': 157.12, '16xlarge': 209.55, '24xlarge': 314.32 },
  },
  r3: { large: 13.5, xlarge: 28.4, '2xlarge': 58.2, '4xlarge': 118, '8xlarge': 237 },
  r4: { large: 12.3, xlarge: 25.05, '2xlarge': 50.47, '4xlarge': 101.38, '8xlarge': 203.26, '16xlarge': 407 },
  r: {
    ...{ large: 13.07, xlarge: 26.32, '2xlarge': 52.82, '4xlarge': 105.81 },
    ...{ '8xlarge': 209.55, '12xlarge': 317.77, '16xlarge': 419.09, '24xlarge': 635.61 },
  },
  c7gn: {
    ...{ large: 3.09, xlarge: 6.38, '2xlarge': 12.94, '4xlarge': 26.05 },
    ...{ '8xlarge': 52.26, '12xlarge': 78.56, '16xlarge': 105.81 },
  },
  m8g: {
    ...{ large: 6.79, xlarge: 14.18, '2xlarge': 29.68, '4xlarge': 61.33 },
    ...{ '8xlarge': 124.65, '12xlarge': 187.96, '16xlarge': 251.27 },
  },
  r8g: {
    ...{ large: 14.18, xlarge: 29.68, '2xlarge': 61.33, '4xlarge': 124.65 },
    ...{ '8xlarge': 251.27, '12xlarge': 377.9, '16xlarge': 504.52 },
  },
  c8gn: {
    ...{ large: 3.1, xlarge: 6.79, '2xlarge': 14.18, '4xlarge': 29.68 },
    ...{ '8xlarge': 61.33, '12xlarge': 92.99, '16xlarge': 124.65 },
  },
};

const vcpus: Readonly<Record<string, number>> = {
  ...{ micro: 2, small: 2, medium: 2, large: 2, xlarge: 4, '2xlarge': 8, '4xlarge': 16, '8xlarge': 32 },
  ...{ '10xlarge': 40, '12xlarge': 48, '16xlarge': 64, '24xlarge': 96 },
  ...{ 't2.micro': 1, 't2.small': 1, 'm3.medium': 1 },
};

/** The node types whose memory is known. */
export const nodeTypeTable: readonly NodeType[] = nodeTypes.flatMap((name) => {
  const [, family = '', size = ''] = name.split('.');
  const memory = gibibytes[familyInTables(family)]?.[size];
  if (memory === undefined) return [];
  return [
    {
      name,
      memoryBytes: Math.round(memory * 1024 ** 3),
      maxMemoryBytes: nodeMemory(name)?.maxMemory ?? null,
      vcpus: vcpus[`${family}.${size}`] ?? vcpus[size] ?? null,
    },
  ];
});
