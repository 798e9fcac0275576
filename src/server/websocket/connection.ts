import type { Socket } from 'node:net';
import { CloseCode, MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { dateTimeOf } from '../../runtime/date-time.js';
import { decodeText } from '../../runtime/text.js';
import { Unauthenticated } from '../admission/authentication/unauthenticated.js';
import { Refusal } from '../admission/refusal.js';
import { Backpressure } from '../delivery/backpressure.js';
import { corkUntilEndOfTick } from '../delivery/cork-until-end-of-tick.js';
import type { RequestOrigin } from '../execution/request-context.js';
import { maskError } from '../execution/mask-errors.js';
import {
  closeOf,
  credentialsExpired,
  notUtf8,
  protocolRefusals,
  revoked,
  tooLongMessage,
  type Close,
} from './close-codes.js';
import { SocketOperations } from './running-operations.js';
import { SocketPrincipal } from './principal.js';
import { SocketQuota } from './quota.js';
import type { TransportOptions } from '../transport-options.js';

/** The socket took nothing for too long; one of the codes that the protocol leaves to applications. */
const stalledCloseCode = 4430;
/** How long a client that stalled may still read why it was closed. */
const closeGracePeriodMs = 2_000;
const goingAway = 1001;
/** As ws names it. */
const messageTooLong = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
const subscriberAlreadyExists: number = CloseCode.SubscriberAlreadyExists;

/** What a socket keeps of the request that it was opened by. */
export interface UpgradedFrom {
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
}

/** A message on its way through graphql-ws. */
export interface Handling {
  /** The subscription that it has started. */
  subscription?: { onLoopEnd(): void };
}

/**
 * One client's socket, as graphql-ws speaks through it and carries it through its hooks. A class, since a server holds many
 * thousands of idle ones: closures of each would take several times the memory.
 */
export class SocketConnection {
  readonly operations = new SocketOperations();
  readonly backpressure: Backpressure;
  readonly #socket: WebSocket;
  readonly #netSocket: Socket;
  readonly #options: TransportOptions;
  readonly #released: (code: number, reason: string) => void;
  /** The message that graphql-ws is being given, while it is. */
  handling: Handling | undefined;
  #gone: AbortController | undefined;
  /** What the upgrade came with, until it is needed. */
  #authorization: string | undefined;
  /** The ID of the upgrade, until the client is admitted. */
  #requestId: string | undefined;
  #principal: SocketPrincipal | undefined;
  #quota: SocketQuota | undefined;
  #isReleased = false;

  /** Of the client. */
  readonly address: string | undefined;

  /** `released` is called once, when the client has gone or is no longer cared for. */
  constructor(
    { socket, netSocket, authorization, origin }: { socket: WebSocket; netSocket: Socket } & UpgradedFrom,
    options: TransportOptions,
    released: (code: number, reason: string) => void,
  ) {
    this.#socket = socket;
    this.#netSocket = netSocket;
    this.#authorization = authorization;
    this.#requestId = origin.requestId;
    this.address = origin.address;
    this.#options = options;
    this.#released = released;
    this.backpressure = new Backpressure(netSocket, options.limits, () => this.#stalled());
    // What a client asks that does not read the answers would only be more to wait for it.
    this.backpressure.add(this);
    options.connectionRegistry.add(this.backpressure, 'websocket');
    // ws closes the socket itself, with the code that fits: 1009 for a message too long, 1002, 1007.
    socket.on('error', (error) => {
      if ('code' in error && error.code === messageTooLong) this.#refused(tooLongMessage);
      options.log.debug({ err: error }, 'a WebSocket failed');
    });
    socket.once('close', (code, reason) => this.#release(code, String(reason)));
  }

  /** Who it is: known once the client has been let in, before which it can ask for nothing. */
  get principal(): SocketPrincipal {
    if (!this.#principal) throw new Error('Expected to be asked nothing by somebody who has not been let in.');
    return this.#principal;
  }

  /** What it may still ask for: known as its principal is. */
  get quota(): SocketQuota {
    if (!this.#quota) throw new Error('Expected to be asked nothing by somebody who has not been let in.');
    return this.#quota;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Aborted when the client has gone. Made when first asked for: few operations look. */
  get signal(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.#isReleased) this.#gone.abort();
    return this.#gone.signal;
  }

  /**
   * Lets the client in by what its first message holds, or else by what the upgrade came with: browsers can set no header
   * there. Answers what it is told of its welcome; false where it is not let in, and the socket is closed.
   */
  async enter(payload: unknown): Promise<boolean | { readonly expiresAt: string }> {
    const authorization = credentialsIn(payload) ?? this.#authorization;
    this.#authorization = undefined;
    const admitted = await this.#options.admission.admitCaller(authorization, this.address, 'socket');
    if (admitted instanceof Refusal) {
      this.#refused(admitted);
      this.#endWith(closeOf(admitted));
      return false;
    }
    this.#requestId = undefined;
    this.#principal = new SocketPrincipal(admitted.identity);
    this.#quota = new SocketQuota(admitted.client, this.#options);
    if (this.#isReleased) {
      this.#quota.close();
      return false;
    }
    this.#options.authorizedConnections.add(this);
    const expiresAt = dateOf(this.expiresAt);
    return expiresAt === null || { expiresAt };
  }

  get expiresAt(): number {
    return this.principal.expiresAt;
  }

  expire(): void {
    this.#endWith(this.principal.isRevoked ? revoked : credentialsExpired);
  }

  reauthorize(): Promise<void> {
    return this.operations.reauthorize();
  }

  /** @throws Unauthenticated if its credentials have expired and the timer for all connections has not run yet */
  refuseExpired(): void {
    if (this.expiresAt > Date.now()) return;
    this.expire();
    throw new Unauthenticated('expired', 'The credentials of this socket have ended.');
  }

  /** graphql-ws leaves pings to be answered here: one that brings a fresh token lets the socket live on. */
  onPing(payload: unknown): Promise<void> | void {
    const authorization = credentialsIn(payload);
    if (authorization === undefined) this.#pong(payload);
    else if (this.#principal) return this.#renew(this.#principal, authorization);
    else this.#pong({ authenticated: false });
  }

  async #renew(principal: SocketPrincipal, authorization: string): Promise<void> {
    const { admission, shared } = this.#options;
    const admitted = await admission.admitCaller(authorization, this.address, 'nothing');
    if (admitted instanceof Refusal) {
      const { message, extensions } = maskError(admitted.error, this.#options);
      // The credentials before remain valid as long as they were.
      this.#refused(admitted);
      this.#pong({ authenticated: false, code: extensions['code'], message });
      return;
    }
    if (this.#isReleased) return;
    if (!principal.renew(admitted.identity)) {
      this.#end(CloseCode.Forbidden, 'Forbidden');
      return;
    }
    this.#options.authorizedConnections.add(this);
    this.#pong({ authenticated: true, expiresAt: dateOf(principal.expiresAt) });
    this.operations.regroup((operation) => shared(operation, principal.group));
    await this.reauthorize();
  }

  #pong(payload: unknown): void {
    this.send(JSON.stringify({ type: MessageType.Pong, payload }));
  }

  send(data: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    corkUntilEndOfTick(this.#netSocket);
    this.#socket.send(data);
    this.backpressure.check();
  }

  /** Sends a frame that is whole: between those of ws, which compresses nothing and so writes each of its own at once. */
  sendFrame(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    corkUntilEndOfTick(this.#netSocket);
    this.#netSocket.write(frame);
    this.backpressure.check();
  }

  /** As graphql-ws closes it: after its own codes, what the client has sent is refused. */
  close(code?: number, reason?: string): void {
    const refusal = protocolRefusals.get(code ?? 0);
    if (refusal) this.#refused(refusal);
    this.#end(code, reason);
  }

  #refused(refusal: Refusal): void {
    const { limits, metrics, observer } = this.#options;
    if (refusal.reason in limits && refusal.status !== 429) metrics.limitHit(refusal.reason);
    observer.refuseRequest({ transport: 'websocket', requestId: this.#requestId, address: this.address }, refusal);
  }

  #endWith({ code, reason }: Close): void {
    this.#end(code, reason);
  }

  #end(code = 1000, reason = ''): void {
    // graphql-ws repeats the client's ID here, which may be longer than a reason can be.
    const told = code === subscriberAlreadyExists ? 'Subscriber already exists' : reason;
    this.#socket.close(code, told);
    // To read the client's own close.
    this.resume();
    // What runs is for nobody any more, however long the client takes to answer. Later: graphql-ws may still be opening.
    queueMicrotask(() => this.#release(code, told));
  }

  onMessage(take: (text: string) => Promise<void>): void {
    this.#socket.on('message', (data) => {
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      // ws has checked messages that are marked as text, and no others.
      const text = data instanceof Buffer ? decodeText(data) : undefined;
      if (text === undefined) {
        this.close(notUtf8, 'Expected UTF-8');
        return;
      }
      const handling: Handling = (this.handling = {});
      const taken = take(text);
      this.handling = undefined;
      taken.then(
        () => handling.subscription?.onLoopEnd(),
        (error: unknown) => {
          this.#options.log.error({ err: error }, 'a WebSocket message could not be handled');
          this.#end(CloseCode.InternalServerError, 'Internal server error');
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

  /** Finishes what runs, tells where the subscriptions stand, and closes. */
  async drain(deadline: Promise<unknown>): Promise<void> {
    await Promise.race([this.operations.finish(), deadline]);
    this.send(JSON.stringify({ type: MessageType.Ping, payload: this.operations.cursors() }));
    this.operations.close();
    this.#end(goingAway, 'Going away');
  }

  #stalled(): void {
    this.#options.metrics.connectionStalled();
    this.#options.log.warn('a socket took nothing for too long and was closed');
    this.#end(stalledCloseCode, 'Nothing was read for too long');
    setTimeout(() => this.#socket.terminate(), closeGracePeriodMs).unref();
  }

  #release(code: number, reason: string): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#gone?.abort();
    this.backpressure.close();
    this.#options.authorizedConnections.delete(this);
    this.#options.connectionRegistry.remove(this.backpressure);
    this.#quota?.close();
    this.#released(code, reason);
  }
}

/** Of the payload of `connection_init` or `ping`: `authorization`, as the header has it. */
function credentialsIn(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const value =
    'authorization' in payload ? payload.authorization : 'Authorization' in payload && payload.Authorization;
  return typeof value === 'string' ? value : undefined;
}

/** Null for what never ends, and for what RFC 3339 cannot write. */
function dateOf(time: number): string | null {
  return Number.isFinite(time) ? (dateTimeOf(time)?.toISOString() ?? null) : null;
}
