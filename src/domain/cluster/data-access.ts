/** State of this API's own access to a cluster's data. */
export type DataAccessState = 'DISCONNECTED' | 'CONNECTING' | 'CONNECTED' | 'RECONNECTING' | 'FAILED';

export interface DataAccess {
  readonly clusterName: string;
  readonly state: DataAccessState;
  /** The Valkey user in use; null for the default user without a password. */
  readonly username: string | null;
  readonly tls: boolean;
  /** Why the last attempt failed, without secrets. */
  readonly error: string | null;
  /** The time at which `state` began. */
  readonly since: Date | null;
}

/**
 * Tests whether two states are equal to clients. A different `error` of the same state does not count, because each
 * attempt may fail in its own way.
 */
export function isSameAccess(one: DataAccess, other: DataAccess): boolean {
  return (['state', 'username', 'tls'] as const).every((field) => one[field] === other[field]);
}

/** Credentials for a cluster's data. Kept in memory only; never logged, returned or put into an error. */
export interface Credentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}
