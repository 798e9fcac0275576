import type { Delivery } from '../delivery/deliver.js';

/** What runs on one socket. */
export interface SocketOperations {
  /** Has a query or mutation counted as running until it is answered. */
  run<Result>(answer: Promise<Result>): Promise<Result>;
  add(id: string, delivery: Delivery): void;
  remove(id: string, delivery: Delivery): void;
  /** Lets queries and mutations be answered, and subscriptions send what they have taken and take no more. */
  finish(): Promise<void>;
  /** Where each subscription stands that has a place to be resumed from, by operation ID. */
  cursors(): Record<string, string>;
  /** Ends all subscriptions without telling the client. */
  close(): void;
}

export function createSocketOperations(): SocketOperations {
  const answers = new Set<Promise<unknown>>();
  const deliveries = new Map<string, Delivery>();
  return {
    run(answer) {
      const sent = answer.then(nextTurn, nextTurn).finally(() => answers.delete(sent));
      answers.add(sent);
      return answer;
    },
    add: (id, delivery) => void deliveries.set(id, delivery),
    remove(id, delivery) {
      // The client may have used its ID again meanwhile.
      if (deliveries.get(id) === delivery) deliveries.delete(id);
    },
    async finish() {
      await Promise.all([...answers, ...[...deliveries.values()].map((delivery) => delivery.finish())]);
    },
    cursors() {
      const known = [...deliveries].map(([id, delivery]) => [id, delivery.cursor()] as const);
      return Object.fromEntries(known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
    },
    close() {
      for (const delivery of deliveries.values()) delivery.close();
    },
  };
}

/** graphql-ws sends an answer some microtasks after it is there. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
