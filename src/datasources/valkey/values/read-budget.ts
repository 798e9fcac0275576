import { createByteBudget, type ByteBudget } from '../../../runtime/byte-budget.js';
import type { Command, Reply, ReplyReceiver, ValkeyCommands } from '../interfaces.js';
import { expectedReplyBytes, shortened } from './expected-reply.js';

/** Limits how much the reads of one request may receive. */
export interface ReadLimit {
  readonly maxBytes: number;
  /** The error of reads beyond the limit. Called at most once for each request. */
  exceeded(this: void): Error;
}

/**
 * The bytes that the reads of one request may receive from all clusters. Once the replies have exceeded the limit, no further read is sent.
 * Until then, a read waits if the replies that are on their way may already exceed it: what they hold is unknown before they arrive.
 */
export class ReadBudget {
  readonly #limit: ReadLimit;
  /** Those that were received, and those that are expected of the reads in flight. */
  readonly #bytes: ByteBudget;
  #received = 0;
  #inFlight = 0;
  #waiting: LimitedRead[] = [];
  #refusal: Error | undefined;
  #isSending = false;

  constructor(limit: ReadLimit) {
    this.#limit = limit;
    this.#bytes = createByteBudget(limit.maxBytes);
  }

  /** Set once the limit is exceeded. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  read(commands: ValkeyCommands, command: Command, receiver: ReplyReceiver): void {
    if (this.#refusal) {
      receiver.failed(this.#refusal);
      return;
    }
    const read = new LimitedRead(this, commands, shortened(command, this.#limit.maxBytes), receiver);
    if (this.#waiting.length === 0 && this.#hasRoomFor(read)) this.#send(read);
    else this.#waiting.push(read);
  }

  /** A reply has arrived, or there is none. */
  ended({ expectedBytes }: LimitedRead, bytes: number): void {
    this.#inFlight -= 1;
    this.#received += bytes;
    this.#bytes.release(expectedBytes);
    this.#bytes.reserve(bytes);
    if (this.#received > this.#limit.maxBytes) this.#refuse();
    else if (this.#waiting.length > 0) this.#sendWaiting();
  }

  /** One read is always allowed: only its reply shows how large it is. */
  #hasRoomFor({ expectedBytes }: LimitedRead): boolean {
    return this.#inFlight === 0 || this.#bytes.remaining() >= expectedBytes;
  }

  #send(read: LimitedRead): void {
    this.#inFlight += 1;
    this.#bytes.reserve(read.expectedBytes);
    read.send();
  }

  #sendWaiting(): void {
    // Without a connection, a read ends while it is sent.
    if (this.#isSending) return;
    this.#isSending = true;
    let sent = 0;
    for (let next = this.#waiting[0]; next && this.#hasRoomFor(next); next = this.#waiting[++sent]) this.#send(next);
    this.#waiting.splice(0, sent);
    this.#isSending = false;
  }

  #refuse(): void {
    const refusal = (this.#refusal ??= this.#limit.exceeded());
    for (const read of this.#waiting.splice(0)) read.refuse(refusal);
  }
}

/** One read that is waiting or in flight. A class, because a request may have a thousand. */
class LimitedRead implements ReplyReceiver {
  readonly expectedBytes: number;
  readonly #budget: ReadBudget;
  readonly #commands: ValkeyCommands;
  readonly #command: Command;
  readonly #receiver: ReplyReceiver;

  constructor(budget: ReadBudget, commands: ValkeyCommands, command: Command, receiver: ReplyReceiver) {
    this.#budget = budget;
    this.#commands = commands;
    this.#command = command;
    this.#receiver = receiver;
    this.expectedBytes = expectedReplyBytes(command.args);
  }

  send(): void {
    this.#commands.post(this.#command, this);
  }

  refuse(reason: Error): void {
    this.#receiver.failed(reason);
  }

  replied(reply: Reply): void {
    this.#budget.ended(this, sizeOf(reply));
    // Replies beyond the limit are not kept.
    if (this.#budget.refusal) this.#receiver.failed(this.#budget.refusal);
    else this.#receiver.replied(reply);
  }

  failed(reason: Error): void {
    this.#budget.ended(this, 0);
    this.#receiver.failed(reason);
  }
}

/** The bytes of all strings in a reply. */
function sizeOf(reply: Reply): number {
  if (reply === null || typeof reply === 'boolean') return 0;
  if (!Array.isArray(reply)) return reply.length;
  let bytes = 0;
  for (const item of reply) bytes += sizeOf(item);
  return bytes;
}
