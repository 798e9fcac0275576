import type { Tag } from '../tags.js';

export type ParameterSource = 'USER' | 'SYSTEM' | 'ENGINE_DEFAULT';
export type ParameterChangeType = 'IMMEDIATE' | 'REQUIRES_REBOOT';

/** A setting of the engine in a parameter group. */
export interface Parameter {
  readonly name: string;
  /** Null if it has none, e.g. because it depends on the node type. */
  readonly value: string | null;
  readonly description: string | null;
  readonly source: ParameterSource;
  readonly dataType: string;
  readonly allowedValues: string | null;
  readonly isModifiable: boolean;
  readonly changeType: ParameterChangeType;
  readonly minimumEngineVersion: string | null;
}

/** A named set of settings that clusters of one engine family may share. */
export interface ParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string | null;
  /** Whether it belongs to a global datastore. */
  readonly isGlobal: boolean;
}

export interface NewParameterGroup {
  readonly name: string;
  readonly family: string;
  readonly description: string;
  readonly tags: readonly Tag[];
}

/** A new value of a parameter. */
export interface ParameterValue {
  readonly name: string;
  readonly value: string;
}
