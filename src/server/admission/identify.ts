import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../domain/principal.js';

/** Says who a request comes from: the same function for HTTP, event streams and WebSockets. */
export type Identify = (this: void, request: IncomingMessage) => Principal;
