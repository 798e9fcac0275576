import type { Tag } from '../tags.js';
import type { Engine } from '../cluster/cluster.js';

/** ElastiCache's users and user groups, which control access to the data of clusters. */

export type UserStatus = 'ACTIVE' | 'MODIFYING' | 'DELETING' | 'UNKNOWN';
export type UserGroupStatus = 'CREATING' | 'ACTIVE' | 'MODIFYING' | 'DELETING' | 'UNKNOWN';
export type AuthenticationType = 'PASSWORD' | 'NO_PASSWORD' | 'IAM';

export interface User {
  /** The identifier; several users may share a `userName`. */
  readonly userId: string;
  /** The name that clients send in AUTH. */
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
  /** Names of the clusters that accept the group's users. */
  readonly clusterNames: readonly string[];
  /** Members that a change in progress adds and removes; null if there is none. */
  readonly pendingChanges: PendingMembers | null;
}

export interface PendingMembers {
  readonly addUserIds: readonly string[];
  readonly removeUserIds: readonly string[];
}

/** The authentication of a user. Passwords are write-only: never logged, returned or put into an error. */
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

/** Changes of a user; undefined fields stay unchanged. */
export interface UserChange {
  readonly userId: string;
  readonly accessString?: string | undefined;
  /** Rules to append to the existing ones. */
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
