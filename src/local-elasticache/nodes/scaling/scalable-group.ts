import type { Logger } from '../../../telemetry/log.js';
import type { Layout } from '../group/layout.js';
import type { NodeFactory } from '../group/prepare-nodes.js';
import type { Shard } from '../shard/shard.js';
import type { NodeEvent } from '../interfaces.js';
import type { ManagedNode } from '../node.js';
import type { Serial } from '../../../runtime/serial.js';

/** A shard of a running group. */
export interface RunningShard {
  readonly id: string;
  slots: string;
  readonly shard: Shard;
  /** Ends the supervision of its nodes. */
  end(this: void): void;
}

/** The steps of a change, in their order. */
export type ScalingStep =
  | 'start-node'
  | 'keep-node'
  | 'open-slots'
  | 'move-keys'
  | 'assign-slots'
  | 'slots-moved'
  | 'restart-node'
  | 'hand-over'
  | 'remove-node'
  | 'delete-node';

/** The parts of a running group that change when it scales. */
export interface ScalableGroup {
  readonly id: string;
  readonly clusterMode: boolean;
  readonly tls: boolean;
  readonly directory: string;
  readonly host: string;
  readonly factory: NodeFactory;
  takePorts(this: void, count: number): Promise<number[]>;
  /** Changes the stored layout. Resolves when it is on disk. */
  changeLayout(this: void, update: (layout: Layout) => Layout): Promise<void>;
  /** All shards. This list grows and shrinks. */
  readonly shards: RunningShard[];
  openShard(
    this: void,
    shard: {
      readonly id: string;
      readonly slots: string;
      readonly nodes: readonly ManagedNode[];
      readonly primary: ManagedNode;
      /** Whether it has just been added, without data. */
      readonly isNew?: boolean;
    },
  ): RunningShard;
  /** To be called when a node was removed. */
  forgetUsers(this: void, node: ManagedNode): void;
  /** Nodes that send or receive keys and may therefore be silent. */
  readonly migrating: Set<ManagedNode>;
  /** Gives slots to other owners, one task at a time. A replica takes over as such a task too. */
  readonly changeOwners: Serial;
  /** Called before each step. */
  readonly onStep: ((this: void, step: ScalingStep) => Promise<void> | void) | undefined;
  /** How long a move of slots may make no progress before it fails; default a minute. */
  readonly movePatienceMs?: number | undefined;
  emit(this: void, event: NodeEvent): void;
  readonly log: Logger;
  /** Aborted when the group closes. */
  readonly closing: AbortSignal;
}

export function nodesOf(group: { readonly shards: readonly RunningShard[] }): ManagedNode[] {
  return group.shards.flatMap(({ shard }) => shard.nodes());
}
