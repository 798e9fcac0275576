import type { Tag } from '../tags.js';
import type { Engine } from '../cluster/cluster.js';

/** ElastiCache's users and user groups: who may enter a cluster's data, and what they may do there. */

export type UserStatus = 'ACTIVE' | 'MODIFYING' | 'DELETING' | 'UNKNOWN';
export type UserGroupStatus = 'CREATING' | 'ACTIVE' | 'MODIFYING' | 'DELETING' | 'UNKNOWN';
export type AuthenticationType = 'PASSWORD' | 'NO_PASSWORD' | 'IAM';

export interface User {
  /** Known by this; several users may share a `userName`. */
  readonly userId: string;
  /** What a client says in AUTH. */
  readonly userName: string;
  readonly arn: string;
  readonly status: UserStatus;
  readonly engine: Engine;
  /** ACL rules in ElastiCache's normal form, e.g. `on ~* -@all +get`. */
  readonly accessString: string;
  readonly authentication: { readonly type: AuthenticationType; readonly passwordCount: number };
  readonly userGroupIds: readonly string[];
}

export interface UserGroup {
  readonly userGroupId: string;
  readonly arn: string;
  readonly status: UserGroupStatus;
  readonly engine: Engine;
  readonly userIds: readonly string[];
  /** Names of the clusters that let the group's users in. */
  readonly clusterNames: readonly string[];
  /** Members that a change under way adds and removes; null if there is none. */
  readonly pendingChanges: PendingMembers | null;
}

export interface PendingMembers {
  readonly addUserIds: readonly string[];
  readonly removeUserIds: readonly string[];
}

/** How a user proves who it is. Passwords are write-only: never logged, returned or put into an error. */
export interface NewAuthentication {
  readonly type: AuthenticationType;
  readonly passwords: readonly string[];
}

export interface NewUser {
  readonly userId: string;
  readonly userName: string;
  readonly accessString: string;
  readonly engine: Engine;
  readonly authentication: NewAuthentication;
  readonly tags: readonly Tag[];
}

/** What to change of a user; absent is unchanged. */
export interface UserChange {
  readonly userId: string;
  readonly accessString?: string | undefined;
  /** Rules that are put after those that stand. */
  readonly appendAccessString?: string | undefined;
  readonly authentication?: NewAuthentication | undefined;
}

export interface NewUserGroup {
  readonly userGroupId: string;
  readonly userIds: readonly string[];
  readonly engine: Engine;
  readonly tags: readonly Tag[];
}

export interface UserGroupChange {
  readonly userGroupId: string;
  readonly addUserIds: readonly string[];
  readonly removeUserIds: readonly string[];
}
