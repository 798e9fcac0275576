import type { Delivery } from '../delivery/deliver.js';
import type { SharedOperation } from '../delivery/shared-operation.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';

/** The running operations of one socket. */
export class SocketOperations {
  readonly #deliveries = new Map<string, Delivery>();
  /** Queries and mutations without an answer. A number, since V8 keeps the outgrown tables of a set that changes with each operation. */
  #unanswered = 0;
  #allAnswered: (() => void) | undefined;

  /** Counts a query or mutation as running until it is answered. */
  run<Result>(answer: Promise<Result>): Promise<Result> {
    this.#unanswered += 1;
    // graphql-ws sends an answer some microtasks after the promise resolves.
    const answered = (): void => void setImmediate(() => this.#end());
    answer.then(answered, answered);
    return answer;
  }

  #end(): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0) this.#allAnswered?.();
  }

  add(id: string, delivery: Delivery): void {
    this.#deliveries.set(id, delivery);
  }

  remove(id: string, delivery: Delivery): void {
    // The client may have used the ID again meanwhile.
    if (this.#deliveries.get(id) === delivery) this.#deliveries.delete(id);
  }

  /** Resolves when queries and mutations are answered, and subscriptions have sent the events that they had accepted; they accept no more. */
  async finish(): Promise<void> {
    const deliveries = [...this.#deliveries.values()];
    const answered = new Promise<void>((resolve) => {
      if (this.#unanswered === 0) resolve();
      else this.#allAnswered = resolve;
    });
    await Promise.all([answered, ...deliveries.map((delivery) => delivery.finish())]);
  }

  /** The cursors of the subscriptions that can be resumed, by operation ID. */
  cursors(): Record<string, string> {
    const known = [...this.#deliveries].map(([id, delivery]) => [id, delivery.cursor()] as const);
    return Object.fromEntries(known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }

  /** Reauthorizes each subscription. Those that are refused end with an error. */
  async reauthorize(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map((delivery) => delivery.reauthorize()));
  }

  /** Moves each subscription to the delivery group of the caller's present principal. */
  regroup(groupOf: (operation: PreparedOperation) => SharedOperation): void {
    for (const delivery of this.#deliveries.values()) delivery.regroup(groupOf);
  }

  /** Ends all subscriptions without a message to the client. */
  close(): void {
    for (const delivery of this.#deliveries.values()) delivery.close();
  }
}
