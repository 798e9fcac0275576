import type { Delivery } from '../delivery/deliver.js';
import type { SharedOperation } from '../delivery/shared-operation.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';

/** What runs on one socket. */
export class SocketOperations {
  readonly #deliveries = new Map<string, Delivery>();
  /** Queries and mutations that are not answered yet. Counted: a set that changes with each of them would outlive them in memory. */
  #unanswered = 0;
  #allAnswered: (() => void) | undefined;

  /** Has a query or mutation counted as running until it is answered. */
  run<Result>(answer: Promise<Result>): Promise<Result> {
    this.#unanswered += 1;
    // graphql-ws sends an answer some microtasks after it is there.
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
    // The client may have used its ID again meanwhile.
    if (this.#deliveries.get(id) === delivery) this.#deliveries.delete(id);
  }

  /** Lets queries and mutations be answered, and subscriptions send what they have taken and take no more. */
  async finish(): Promise<void> {
    const deliveries = [...this.#deliveries.values()];
    const answered = new Promise<void>((resolve) => {
      if (this.#unanswered === 0) resolve();
      else this.#allAnswered = resolve;
    });
    await Promise.all([answered, ...deliveries.map((delivery) => delivery.finish())]);
  }

  /** Where each subscription stands that has a place to be resumed from, by operation ID. */
  cursors(): Record<string, string> {
    const known = [...this.#deliveries].map(([id, delivery]) => [id, delivery.cursor()] as const);
    return Object.fromEntries(known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }

  /** Reauthorizes each subscription; those that are refused now end. */
  async reauthorize(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map((delivery) => delivery.reauthorize()));
  }

  regroup(groupOf: (operation: PreparedOperation) => SharedOperation): void {
    for (const delivery of this.#deliveries.values()) delivery.regroup(groupOf);
  }

  /** Ends all subscriptions without telling the client. */
  close(): void {
    for (const delivery of this.#deliveries.values()) delivery.close();
  }
}
