import { Outage } from '../../../domain/errors.js';
import type { Command, Reply, ReplyReceiver } from '../interfaces.js';

/**
 * Reads that occupy a server for long if the key is large, however short their replies are: BITCOUNT takes a millisecond for each MB, and
 * GEOSEARCH compares all members within the area.
 */
const slow = new Set(['BITCOUNT', 'GEOSEARCH']);

export function isSlow(name: string): boolean {
  return slow.has(name);
}

/**
 * Sends the slow reads of one request one after another. Valkey executes everything that a connection has sent before it serves others, so
 * that together they would occupy it for as long as all of them take.
 */
export class SlowReads {
  readonly #isOver: () => boolean;
  readonly #waiting: SlowRead[] = [];
  #isBusy = false;

  /** @param isOver whether nobody waits for the results any more */
  constructor(isOver: () => boolean) {
    this.#isOver = isOver;
  }

  /** Calls `send` with the receiver of the command when it is its turn. */
  add({ args: [name] }: Command, receiver: ReplyReceiver, send: (receiver: ReplyReceiver) => void): void {
    this.#waiting.push({ name, receiver, send });
    if (!this.#isBusy) this.#next();
  }

  #next(): void {
    const next = this.#waiting.shift();
    this.#isBusy = next !== undefined;
    if (!next) return;
    const { name, receiver, send } = next;
    if (this.#isOver()) {
      receiver.failed(new Outage('TIMEOUT', `The operation ended before ${name} was sent.`));
      this.#next();
      return;
    }
    send({
      replied: (reply: Reply) => {
        receiver.replied(reply);
        this.#next();
      },
      failed: (reason) => {
        receiver.failed(reason);
        this.#next();
      },
    });
  }
}

interface SlowRead {
  readonly name: string;
  readonly receiver: ReplyReceiver;
  send(this: void, receiver: ReplyReceiver): void;
}
