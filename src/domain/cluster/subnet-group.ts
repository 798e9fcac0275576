import type { Tag } from '../tags.js';

export interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string | null;
}

/** The subnets in which the nodes of clusters run. */
export interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  readonly description: string | null;
  readonly vpcId: string | null;
  readonly subnets: readonly Subnet[];
}

export interface NewSubnetGroup {
  readonly name: string;
  readonly description: string;
  readonly subnetIds: readonly string[];
  readonly tags: readonly Tag[];
}

/** Changes of a subnet group; undefined fields stay unchanged. */
export interface SubnetGroupChange {
  readonly name: string;
  readonly description?: string | undefined;
  readonly subnetIds?: readonly string[] | undefined;
}
