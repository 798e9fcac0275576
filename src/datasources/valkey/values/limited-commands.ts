import type { Command, Reply, ReplyReceiver, ValkeyCommands } from '../interfaces.js';
import { mayReplyMuch } from './expected-reply.js';
import type { ReadBudget } from './read-budget.js';
import { isSlow, type SlowReads } from './slow-reads.js';
import { sendBitCount, type CountLimit } from './string/bit-count-limit.js';

/** The limits that all reads of one request share. */
export interface RequestLimits {
  readonly budget: ReadBudget;
  readonly slowReads: SlowReads;
  readonly countLimit: CountLimit;
}

/** The commands of one request to one cluster, whose reads keep to its limits. Writes are neither counted nor refused. */
export class LimitedCommands implements ValkeyCommands {
  /** The commands without a limit. */
  readonly unlimited: ValkeyCommands;
  readonly #limits: RequestLimits;

  constructor(unlimited: ValkeyCommands, limits: RequestLimits) {
    this.unlimited = unlimited;
    this.#limits = limits;
  }

  get isClustered(): boolean {
    return this.unlimited.isClustered;
  }
  get database(): number {
    return this.unlimited.database;
  }
  post(command: Command, receiver: ReplyReceiver): void {
    if (isSlow(command.args[0])) this.#limits.slowReads.add(command, receiver, (then) => this.#postSlow(command, then));
    else this.#post(command, receiver);
  }
  send(command: Command): Promise<Reply> {
    if (!isSlow(command.args[0]) && !mayReplyMuch(command.args[0])) return this.unlimited.send(command);
    return new Promise((resolve, reject) => this.post(command, { replied: resolve, failed: reject }));
  }
  transaction: ValkeyCommands['transaction'] = (...request) => this.unlimited.transaction(...request);
  execute: ValkeyCommands['execute'] = (...request) => this.unlimited.execute(...request);
  refreshTopology(): Promise<void> {
    return this.unlimited.refreshTopology();
  }
  primaries(): ReturnType<ValkeyCommands['primaries']> {
    return this.unlimited.primaries();
  }
  nodeAt: ValkeyCommands['nodeAt'] = (endpoint) => this.unlimited.nodeAt(endpoint);
  nodes(): ReturnType<ValkeyCommands['nodes']> {
    return this.unlimited.nodes();
  }

  #postSlow(command: Command, receiver: ReplyReceiver): void {
    if (command.args[0] === 'BITCOUNT') sendBitCount(this.unlimited, command, this.#limits.countLimit, receiver);
    else this.#post(command, receiver);
  }
  #post(command: Command, receiver: ReplyReceiver): void {
    if (mayReplyMuch(command.args[0])) this.#limits.budget.read(this.unlimited, command, receiver);
    else this.unlimited.post(command, receiver);
  }
}
