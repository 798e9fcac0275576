import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { mediaTypesIn, type MediaType } from '../../runtime/network/media-type.js';
import { refuseWith, type Refusal } from '../admission/refusal.js';
import { writeJson, writeResponseJson } from '../responses/json.js';
import { multipartSubscription } from '../streaming/multipart.js';
import { writeOnce, type StreamEncoding } from '../streaming/streaming-response.js';
import { serverSentEvents } from '../streaming/sse.js';

/** The format of an answer. */
export interface ResponseFormat {
  /** The encoding of a subscription's results. Undefined if the client accepts no stream. */
  readonly stream: StreamEncoding | undefined;
  /** Writes a single result. Undefined if graphql-yoga writes it, as `multipart/mixed`. */
  readonly write: ((response: ServerResponse, result: ExecutionResult) => void) | undefined;
}

/** Most clients send one of a few headers. The cache is bounded because a client can send a different one each time. */
const maxCached = 100;
/** Longer headers are refused: parsing them takes time, and no real client sends one. */
const maxLength = 2_000;
const cache = new Map<string, ResponseFormat | Refusal>();

const notAcceptable = refuseWith(
  406,
  'negotiation',
  'Expected "accept" to allow application/json, application/graphql-response+json, text/event-stream or ' +
    'multipart/mixed;subscriptionSpec=1.0.',
);

/**
 * Chooses the response format by the `Accept` header (RFC 9110, section 12.5.1), before anything is executed. Refuses a header that
 * accepts no format of this server.
 */
export function negotiate(accept: string | undefined): ResponseFormat | Refusal {
  const header = accept?.trim() ? accept : '*/*';
  if (header.length > maxLength) return notAcceptable;
  const cached = cache.get(header);
  if (cached) return cached;
  const format = chooseFormat(mediaTypesIn(header)) ?? notAcceptable;
  if (cache.size >= maxCached) cache.clear();
  cache.set(header, format);
  return format;
}

interface Candidate {
  readonly quality: number;
  readonly write: ResponseFormat['write'];
}

function chooseFormat(accepted: readonly MediaType[]): ResponseFormat | undefined {
  const named = (type: string): number | undefined => qualityOf(accepted.filter((each) => each.type === type));
  const wildcard = named('application/*') ?? named('*/*') ?? 0;
  const streams = [
    { encoding: serverSentEvents, quality: named('text/event-stream') ?? 0 },
    { encoding: multipartSubscription, quality: qualityOf(accepted.filter(isMultipartSubscription)) ?? 0 },
  ];
  const [best] = byQuality(streams);
  // Among equal qualities the first wins: a single result is sent as JSON even to clients that accept a stream with every operation.
  // A wildcard does not apply to types that the header names.
  const candidates: readonly Candidate[] = [
    { quality: named('application/graphql-response+json') ?? 0, write: writeResponseJson },
    { quality: named('application/json') ?? 0, write: writeJson },
    { quality: best?.quality ?? 0, write: best && ((response, result) => writeOnce(best.encoding, response, result)) },
    { quality: named('multipart/mixed') ?? 0, write: undefined },
    { quality: named('application/json') === undefined ? wildcard : 0, write: writeJson },
    { quality: named('application/graphql-response+json') === undefined ? wildcard : 0, write: writeResponseJson },
  ];
  const [chosen] = byQuality(candidates);
  return chosen && { stream: best?.encoding, write: chosen.write };
}

/** The acceptable choices, the best one first. */
function byQuality<Choice extends { readonly quality: number }>(choices: readonly Choice[]): readonly Choice[] {
  return choices.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
}

function qualityOf(types: readonly MediaType[]): number | undefined {
  return types.length === 0 ? undefined : Math.max(...types.map(({ quality }) => quality));
}

function isMultipartSubscription({ type, parameters }: MediaType): boolean {
  return type === 'multipart/mixed' && parameters.get('subscriptionspec') === '1.0';
}
