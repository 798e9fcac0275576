import type { Socket } from 'node:net';
import { CloseCode, MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { decodeText } from '../../runtime/text.js';
import { Unauthenticated } from '../admission/authentication/unauthenticated.js';
import type { AuthorizedConnection } from '../authorized-connections.js';
import { Backpressure } from '../delivery/backpressure.js';
import { corkUntilEndOfTick } from '../delivery/cork-until-end-of-tick.js';
import type { TransportOptions } from '../transport-options.js';
import { SocketCaller, type UpgradeRequest } from './caller.js';
import { answerPing } from './client-ping.js';
import {
  closeOf,
  credentialsExpired,
  goingAway,
  notUtf8,
  protocolRefusals,
  revoked,
  stalled,
  tooLongMessage,
  type Close,
} from './close-codes.js';
import { SocketOperations } from './running-operations.js';

/** How long a client that stalled may still read the close frame. */
const closeGracePeriodMs = 2_000;
/** The code of ws for a message above `maxPayload`. */
const messageTooLong = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
const subscriberAlreadyExists: number = CloseCode.SubscriberAlreadyExists;

/** A message while graphql-ws handles it. */
export interface Handling {
  /** The subscription that the message has started. */
  subscription?: { onLoopEnd(): void };
}

export interface UpgradedSocket extends UpgradeRequest {
  readonly socket: WebSocket;
  /** The socket below the WebSocket. */
  readonly netSocket: Socket;
}

/**
 * One client's socket. graphql-ws sends and receives through it, and passes it to its hooks. A class, since a server holds many
 * thousands of idle sockets: closures for each would use several times the memory.
 */
export class SocketConnection implements AuthorizedConnection {
  readonly caller: SocketCaller;
  readonly operations = new SocketOperations();
  readonly backpressure: Backpressure;
  /** The message that graphql-ws is given, until its handler returns. */
  handling: Handling | undefined;
  readonly #socket: WebSocket;
  readonly #netSocket: Socket;
  readonly #options: TransportOptions;
  readonly #onRelease: (code: number, reason: string) => void;
  #releaseController: AbortController | undefined;
  #isReleased = false;

  /** `onRelease` is called once, when the socket has closed or its close has begun. */
  constructor(
    { socket, netSocket, ...request }: UpgradedSocket,
    options: TransportOptions,
    onRelease: (code: number, reason: string) => void,
  ) {
    this.caller = new SocketCaller(request, options);
    this.#socket = socket;
    this.#netSocket = netSocket;
    this.#options = options;
    this.#onRelease = onRelease;
    this.backpressure = new Backpressure(netSocket, options.limits, () => this.#closeStalled());
    // While the client reads no results, its messages are not read either: they would only add to what waits.
    this.backpressure.add(this);
    options.connectionRegistry.add(this.backpressure, 'websocket');
    // ws itself closes the socket with the code of the error: 1002, 1007, or 1009 for a message that is too long.
    socket.on('error', (error) => {
      if ('code' in error && error.code === messageTooLong) this.caller.reportRefusal(tooLongMessage);
      options.log.debug({ err: error }, 'a WebSocket failed');
    });
    socket.once('close', (code, reason) => this.#release(code, String(reason)));
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Whether the socket has closed or its close has begun. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Aborted when the socket is released. Created at the first use, since few operations need it. */
  get signal(): AbortSignal {
    this.#releaseController ??= new AbortController();
    if (this.#isReleased) this.#releaseController.abort();
    return this.#releaseController.signal;
  }

  /** Handles `connection_init`. Resolves with the payload of `connection_ack`, true if it has none, or false if the socket closes. */
  async init(payload: unknown): Promise<boolean | { readonly expiresAt: string }> {
    const refusal = await this.caller.admit(payload);
    if (refusal) {
      this.#close(closeOf(refusal));
      return false;
    }
    if (this.#isReleased) {
      this.caller.close();
      return false;
    }
    this.#options.authorizedConnections.add(this);
    const expiresAt = this.caller.expiresAtText;
    return expiresAt === null || { expiresAt };
  }

  get expiresAt(): number {
    return this.caller.expiresAt;
  }

  expire(): void {
    this.#close(this.caller.principal.isRevoked ? revoked : credentialsExpired);
  }

  reauthorize(): Promise<void> {
    return this.operations.reauthorize();
  }

  /** @throws Unauthenticated if the credentials have expired and the timer for all connections has not run yet */
  refuseExpired(): void {
    if (this.expiresAt > Date.now()) return;
    this.expire();
    throw new Unauthenticated('expired', 'The credentials of this socket have expired.');
  }

  /** graphql-ws leaves the answer to this method. */
  onPing(payload: unknown): Promise<void> | void {
    return answerPing(this, payload, this.#options);
  }

  send(data: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    corkUntilEndOfTick(this.#netSocket);
    this.#socket.send(data);
    this.backpressure.check();
  }

  /** Sends a whole frame between those of ws (see interop/websocket-frame.ts). */
  sendFrame(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    corkUntilEndOfTick(this.#netSocket);
    this.#netSocket.write(frame);
    this.backpressure.check();
  }

  /** Called by graphql-ws. Some of its codes mean that it has refused what the client sent. */
  close(code = 1000, reason = ''): void {
    const refusal = protocolRefusals.get(code);
    if (refusal) this.caller.reportRefusal(refusal);
    // graphql-ws repeats the client's ID in this reason, and a reason may have at most 123 bytes.
    this.#close({ code, reason: code === subscriberAlreadyExists ? 'Subscriber already exists' : reason });
  }

  #close({ code, reason }: Close): void {
    this.#socket.close(code, reason);
    // A paused socket would not read the client's close frame.
    this.resume();
    // Operations end at once, however long the client takes to answer. In a microtask, because graphql-ws may still be opening.
    queueMicrotask(() => this.#release(code, reason));
  }

  onMessage(handle: (text: string) => Promise<void>): void {
    this.#socket.on('message', (data) => {
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      // ws checks the encoding of text messages, but not of binary ones.
      const text = data instanceof Buffer ? decodeText(data) : undefined;
      if (text === undefined) {
        this.close(notUtf8, 'Expected UTF-8');
        return;
      }
      const handling: Handling = (this.handling = {});
      const handled = handle(text);
      this.handling = undefined;
      handled.then(
        () => handling.subscription?.onLoopEnd(),
        (error: unknown) => {
          this.#options.log.error({ err: error }, 'a WebSocket message could not be handled');
          this.close(CloseCode.InternalServerError, 'Internal server error');
        },
      );
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Waits for running operations, sends the cursors of the subscriptions, and closes. */
  async drain(deadline: Promise<unknown>): Promise<void> {
    await Promise.race([this.operations.finish(), deadline]);
    this.send(JSON.stringify({ type: MessageType.Ping, payload: this.operations.cursors() }));
    this.operations.close();
    this.#close(goingAway);
  }

  #closeStalled(): void {
    this.#options.metrics.connectionStalled();
    this.#options.log.warn('closed a socket whose client read nothing for too long');
    this.#close(stalled);
    setTimeout(() => this.#socket.terminate(), closeGracePeriodMs).unref();
  }

  #release(code: number, reason: string): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#releaseController?.abort();
    this.backpressure.close();
    this.#options.authorizedConnections.delete(this);
    this.#options.connectionRegistry.remove(this.backpressure);
    this.caller.close();
    this.#onRelease(code, reason);
  }
}
