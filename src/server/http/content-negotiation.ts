import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { mediaTypesIn, type MediaType } from '../../runtime/network/media-type.js';
import { writeJson, writeResponseJson } from './json.js';
import { multipartSubscription } from '../streaming/multipart.js';
import { writeOnce, type StreamEncoding } from '../streaming/streaming-response.js';
import { serverSentEvents } from '../streaming/sse.js';

/** How a client accepts its answer. */
export interface AcceptedForm {
  /** For subscriptions; absent if the client accepts no stream. */
  readonly stream: StreamEncoding | undefined;
  /** Answers with one result; absent if graphql-yoga writes it, as `multipart/mixed`. */
  readonly write: ((response: ServerResponse, result: ExecutionResult) => void) | undefined;
}

/** Many clients send the same header; those that make up their own must not fill the memory. */
const maxRemembered = 100;
/** No client lists so much; reading it would take time. */
const maxLength = 2_000;
const remembered = new Map<string, AcceptedForm | undefined>();

/**
 * The form of the answer by the `Accept` header (RFC 9110, section 12.5.1); undefined if it accepts nothing that this server
 * writes. Decided before anything is run, so that what is refused changes nothing.
 */
export function negotiate(accept: string | undefined): AcceptedForm | undefined {
  const header = accept?.trim() ? accept : '*/*';
  if (header.length > maxLength) return undefined;
  if (remembered.has(header)) return remembered.get(header);
  const form = formOf(mediaTypesIn(header));
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(header, form);
  return form;
}

/** As an error names them. */
export const writtenTypes =
  'application/json, application/graphql-response+json, text/event-stream or multipart/mixed;subscriptionSpec=1.0';

interface Candidate {
  readonly quality: number;
  readonly write: AcceptedForm['write'];
}

function formOf(accepted: readonly MediaType[]): AcceptedForm | undefined {
  const named = (type: string): number | undefined => qualityOf(accepted.filter((each) => each.type === type));
  const wildcard = named('application/*') ?? named('*/*') ?? 0;
  const streams = [
    { encoding: serverSentEvents, quality: named('text/event-stream') ?? 0 },
    { encoding: multipartSubscription, quality: qualityOf(accepted.filter(isMultipartSubscription)) ?? 0 },
  ];
  const [best] = byQuality(streams);
  // In this order if a client accepts several alike: one result is better read whole, though some clients offer a stream with
  // every operation. A wildcard says nothing of types that are named.
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

/** Those that are acceptable, the best one first. */
function byQuality<Choice extends { readonly quality: number }>(choices: readonly Choice[]): readonly Choice[] {
  return choices.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
}

function qualityOf(types: readonly MediaType[]): number | undefined {
  return types.length === 0 ? undefined : Math.max(...types.map(({ quality }) => quality));
}

function isMultipartSubscription({ type, parameters }: MediaType): boolean {
  return type === 'multipart/mixed' && parameters.get('subscriptionspec') === '1.0';
}
