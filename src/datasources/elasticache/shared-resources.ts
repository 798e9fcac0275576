import type { EngineVersion } from '../../domain/cluster/engines.js';
import type {
  NewParameterGroup,
  Parameter,
  ParameterGroup,
  ParameterValue,
} from '../../domain/parameters/parameter-group.js';
import type { NewSubnetGroup, SubnetGroup, SubnetGroupChange } from '../../domain/cluster/subnet-group.js';
import type { ResourceEvent, ResourceKind } from '../../domain/resource-event.js';
import type { Tag } from '../../domain/tags.js';

/** An engine version that ElastiCache offers now. */
export interface OfferedVersion extends EngineVersion {
  /** Whether it is the version of new clusters that name none. */
  readonly isDefault: boolean;
}

export interface AllowedNodeTypes {
  readonly scaleUp: readonly string[];
  readonly scaleDown: readonly string[];
}

/** Selects events. Undefined properties select all. */
export interface EventsRequest {
  readonly since: Date;
  readonly source?: ResourceKind | undefined;
  readonly sourceName?: string | undefined;
}

/** The resources that the clusters of an account share: see `ControlPlane`. */
export interface SharedResources {
  parameterGroups(): Promise<readonly ParameterGroup[]>;
  /**
   * The parameters of a group.
   * @throws ExpectedFailure NOT_FOUND if the group does not exist
   */
  parameters(request: { parameterGroup: string; source?: 'USER' | undefined }): Promise<readonly Parameter[]>;
  createParameterGroup(group: NewParameterGroup): Promise<ParameterGroup>;
  /** At most 20 parameters. */
  modifyParameterGroup(request: { name: string; parameters: readonly ParameterValue[] }): Promise<void>;
  /** At most 20 parameters; all if `names` is undefined. */
  resetParameterGroup(request: { name: string; names?: readonly string[] | undefined }): Promise<void>;
  deleteParameterGroup(request: { name: string }): Promise<void>;

  subnetGroups(): Promise<readonly SubnetGroup[]>;
  createSubnetGroup(group: NewSubnetGroup): Promise<SubnetGroup>;
  modifySubnetGroup(change: SubnetGroupChange): Promise<SubnetGroup>;
  deleteSubnetGroup(request: { name: string }): Promise<void>;

  engineVersions(): Promise<readonly OfferedVersion[]>;
  allowedNodeTypes(request: { cluster: string; isCacheCluster?: boolean | undefined }): Promise<AllowedNodeTypes>;

  /** Oldest first. ElastiCache stores events for 14 days. */
  resourceEvents(request: EventsRequest): Promise<readonly ResourceEvent[]>;

  tags(arn: string): Promise<readonly Tag[]>;
  /** Return the tags after the change. */
  addTags(request: { arn: string; tags: readonly Tag[] }): Promise<readonly Tag[]>;
  removeTags(request: { arn: string; keys: readonly string[] }): Promise<readonly Tag[]>;
}
