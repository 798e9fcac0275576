import { bytes, milliseconds } from '../../runtime/limit.js';

/** Limits of requests and connections. */
export const connectionLimits = {
  maxBodyBytes: bytes(1_048_576, 'bytes of an HTTP body; a longer one receives 413'),
  maxMessageBytes: bytes(1_048_576, 'bytes of a WebSocket message; a longer one closes the socket with 1009'),
  /** Half of it is for frames: beyond that the socket's subscriptions pause, and their queues fill the rest. */
  maxBufferedBytes: bytes(1_048_576, 'bytes that wait for one socket; beyond it channels follow their `overflow`'),
  stallTimeoutMs: milliseconds(
    25_000,
    'time in which a socket reads nothing although data waits; then it closes with 4430, and is gone within 30 s',
  ),
  requestTimeoutMs: milliseconds(
    30_000,
    'time for the headers and the body of a request to arrive; a later one receives 408',
  ),
  connectionInitTimeoutMs: milliseconds(
    3_000,
    'time for `connection_init` to arrive on a WebSocket; without it the socket closes with 4408',
  ),
  operationTimeoutMs: milliseconds(
    30_000,
    'time for a query or mutation; then TIMEOUT, for a mutation UNKNOWN_OUTCOME; `waitSeconds` extends it',
  ),
  drainTimeoutMs: milliseconds(
    5_000,
    'time that a server that stops gives to requests that run and answers that leave',
  ),
  keepAliveMs: milliseconds(12_000, 'time between signs of life on a quiet WebSocket or event stream'),
};
