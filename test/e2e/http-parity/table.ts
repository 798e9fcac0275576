/** A response format, as a client requests it by `accept`. */
export type Format = 'json' | 'responseJson' | 'either' | 'events' | 'multipart' | 'mixed' | 'none';

const events = 'text/event-stream; charset=utf-8';
const json = 'application/json; charset=utf-8';

interface ResponseFormat {
  readonly name: string;
  /** The content type of an answer with a result. */
  readonly type: string;
  /** The content type of a subscription's answer. Absent if this format carries no subscription. */
  readonly stream?: string;
  /** Values of `accept` that choose it. Undefined is a request without that header. */
  readonly accepts: readonly (string | undefined)[];
}

/** All formats. Every value of `accept` that chooses a format must have the same outcome. */
export const formats: Readonly<Record<Format, ResponseFormat>> = {
  json: {
    name: 'JSON',
    type: json,
    accepts: [
      undefined,
      '',
      '*/*',
      'application/*',
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;q=0.5, application/graphql-response+json;q=0.4',
      'image/png, */*;q=0.1',
    ],
  },
  responseJson: {
    name: 'response JSON',
    type: 'application/graphql-response+json; charset=utf-8',
    accepts: [
      'application/graphql-response+json',
      'APPLICATION/GRAPHQL-RESPONSE+JSON; charset=utf-8',
      'application/json, application/graphql-response+json',
      'application/json;q=0, */*',
    ],
  },
  either: {
    name: 'JSON, or events for a subscription',
    type: json,
    stream: events,
    accepts: ['text/event-stream, application/json', 'text/event-stream;q=0.1, Application/Json'],
  },
  events: {
    name: 'server-sent events',
    type: events,
    stream: events,
    accepts: ['text/event-stream', 'Text/Event-Stream;q=0.5', 'text/event-stream;q=0.9, application/json;q=0.8'],
  },
  multipart: {
    name: 'multipart subscription',
    type: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    stream: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    accepts: ['multipart/mixed;subscriptionSpec=1.0', 'Multipart/Mixed; SubscriptionSpec="1.0"; q=0.2'],
  },
  mixed: {
    name: 'multipart/mixed',
    type: 'multipart/mixed; boundary="-"',
    accepts: ['multipart/mixed', 'MULTIPART/MIXED;q=0.1'],
  },
  none: {
    name: 'no supported form',
    type: json,
    accepts: ['text/plain', 'image/*', 'application/json;q=0', '*/*;q=0', 'a'],
  },
};

/** The expected outcome of a request in one format. */
export interface Outcome {
  readonly status: number;
  /** `ok`, or the code of the first error: in the body, the log and the metric. */
  readonly code: string;
  readonly kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** The `msg` of its one line in the log. */
  readonly line: 'operation' | 'request refused';
  /** The outcome in the audit log. Absent if it has no line there. */
  readonly audit?: 'ok' | 'refused';
  readonly type: string;
  /** Headers of the answer that are not in every one. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The server of the suite that receives the request. */
export type Server = 'open' | 'impatient' | 'closed' | 'rate' | 'cost' | 'full' | 'draining';

/** One kind of request. */
export interface Row {
  readonly name: string;
  readonly server?: Server;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whether it is a subscription. The suite then sends an event and completes the subscription. */
  readonly streams?: boolean;
  outcome(this: void, format: Format): Outcome;
}

type Kind = Outcome['kind'];

const notAcceptable: Outcome = {
  status: 406,
  code: 'NOT_ACCEPTABLE',
  kind: 'unknown',
  line: 'operation',
  type: json,
};

/** The operation has a result, in every format but `none`. The status of response JSON says whether it was executed. */
const answered =
  (kind: Kind, code = 'ok', responseStatus = 200, audit?: Outcome['audit']): Row['outcome'] =>
  (format) =>
    format === 'none'
      ? notAcceptable
      : {
          status: format === 'responseJson' ? responseStatus : 200,
          code,
          kind,
          line: 'operation',
          type: formats[format].type,
          ...(audit && { audit }),
        };

/** The request is refused after `accept` was negotiated. The answer is always JSON. */
const refused =
  (status: number, code: string, kind: Kind = 'unknown', more: Partial<Outcome> = {}): Row['outcome'] =>
  (format) =>
    format === 'none' ? notAcceptable : { status, code, kind, line: 'operation', type: json, ...more };

/** The request is refused before its caller is admitted. The answer does not depend on `accept`. */
const notAdmitted =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Row['outcome'] =>
  () => ({ status, code, kind: 'unknown', line: 'request refused', type: json, headers });

/** The operation is answered as a stream if `accept` allows one. */
const streamed =
  (outcome: Row['outcome']): Row['outcome'] =>
  (format) => {
    const { stream } = formats[format];
    if (format === 'none' || !stream) return refused(406, 'NOT_ACCEPTABLE', 'subscription')(format);
    return { ...outcome(format), ...(outcome(format).status === 200 && { type: stream }) };
  };

const byPost = (operation: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(operation),
});
const byGet = (query: string) => ({ method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}` });
const hello = byPost({ query: '{ hello }' });
const ticks = 'subscription { ticks { text } }';

/** The specification of this server's HTTP. docs/http.md is generated from it, and every request is sent in every format. */
export const rows: readonly Row[] = [
  { name: 'a query by POST', ...hello, outcome: answered('query') },
  { name: 'a query by GET', ...byGet('{ hello }'), outcome: answered('query') },
  {
    name: 'a query with a field that fails',
    ...byPost({ query: '{ hello missing }' }),
    outcome: answered('query', 'NOT_FOUND'),
  },
  {
    name: 'a query that reveals a bug of the server',
    ...byPost({ query: '{ bug }' }),
    outcome: answered('query', 'INTERNAL_SERVER_ERROR'),
  },
  {
    name: 'a query past `operationTimeoutMs`',
    ...byPost({ query: '{ never }' }),
    server: 'impatient',
    outcome: answered('query', 'TIMEOUT', 500),
  },
  {
    name: 'a mutation by POST',
    ...byPost({ query: 'mutation { count }' }),
    outcome: answered('mutation', 'ok', 200, 'ok'),
  },
  {
    name: 'a mutation by GET',
    ...byGet('mutation { count }'),
    outcome: refused(405, 'METHOD_NOT_ALLOWED', 'mutation', { audit: 'refused', headers: { allow: 'POST' } }),
  },
  {
    name: 'a subscription by POST',
    ...byPost({ query: ticks }),
    streams: true,
    outcome: streamed(answered('subscription')),
  },
  { name: 'a subscription by GET', ...byGet(ticks), streams: true, outcome: streamed(answered('subscription')) },
  {
    name: 'a subscription that its field refuses',
    ...byPost({ query: 'subscription { refused { text } }' }),
    outcome: streamed(answered('subscription', 'PERMISSION_DENIED')),
  },
  {
    name: 'a subscription past `maxSubscriptionsPerClient`',
    server: 'full',
    ...byPost({ query: ticks }),
    outcome: streamed(refused(429, 'LIMIT_EXCEEDED', 'subscription')),
  },
  {
    name: 'a document that does not parse',
    ...byPost({ query: '{ hello' }),
    outcome: answered('unknown', 'GRAPHQL_PARSE_FAILED', 400),
  },
  {
    name: 'a document that is not valid',
    ...byPost({ query: '{ nothing }' }),
    outcome: answered('unknown', 'GRAPHQL_VALIDATION_FAILED', 400),
  },
  {
    name: 'a document past a limit (`maxRootFields`, …)',
    ...byPost({ query: '{ a: hello b: hello c: hello d: hello }' }),
    outcome: answered('unknown', 'LIMIT_EXCEEDED', 400),
  },
  {
    name: 'an unknown hash of a document',
    ...byPost({ documentId: 'sha256:00' }),
    outcome: answered('unknown', 'PERSISTED_QUERY_NOT_FOUND', 400),
  },
  {
    name: 'an unknown operation name',
    ...byPost({ query: 'query A { hello }', operationName: 'B' }),
    outcome: answered('unknown', 'OPERATION_RESOLUTION_FAILURE', 400),
  },
  {
    name: 'variables of a wrong type',
    ...byPost({ query: 'query ($name: String) { hello(name: $name) }', variables: { name: 5 } }),
    outcome: answered('query', 'BAD_USER_INPUT', 400),
  },
  {
    name: 'a mutation past `maxCost` or a variables limit',
    ...byPost({ query: 'mutation { count }', variables: { list: [1, 2, 3, 4, 5, 6] } }),
    outcome: answered('mutation', 'LIMIT_EXCEEDED', 400, 'refused'),
  },
  {
    name: 'an operation past `maxCostPerMinute`',
    server: 'cost',
    ...hello,
    outcome: refused(429, 'RATE_LIMITED', 'query', { headers: { 'retry-after': '60' } }),
  },
  { name: 'a body that is not JSON', ...hello, body: '{"query":', outcome: refused(400, 'INVALID_INPUT') },
  {
    name: 'a body that is not UTF-8',
    ...hello,
    body: Buffer.from([0x7b, 0xe9, 0x7d]),
    outcome: refused(400, 'INVALID_INPUT'),
  },
  {
    name: 'a batch',
    ...hello,
    body: '[{"query":"{ hello }"},{"query":"{ hello }"}]',
    outcome: refused(400, 'INVALID_INPUT'),
  },
  {
    name: 'another content type',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query={hello}',
    outcome: refused(415, 'UNSUPPORTED_MEDIA_TYPE'),
  },
  {
    name: 'a compressed body',
    ...hello,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    outcome: refused(415, 'UNSUPPORTED_MEDIA_TYPE', 'unknown', { headers: { 'accept-encoding': 'identity' } }),
  },
  {
    name: 'a body past `maxBodyBytes`',
    ...byPost({ query: `{ hello } #${'x'.repeat(2_000)}` }),
    outcome: refused(413, 'PAYLOAD_TOO_LARGE', 'unknown', { headers: { connection: 'close' } }),
  },
  {
    name: 'another method',
    ...hello,
    method: 'PUT',
    outcome: refused(405, 'METHOD_NOT_ALLOWED', 'unknown', { headers: { allow: 'GET, POST, OPTIONS' } }),
  },
  {
    name: 'a client past `maxOperationsPerSecond`',
    server: 'rate',
    ...hello,
    outcome: notAdmitted(429, 'RATE_LIMITED', { 'retry-after': '1' }),
  },
  {
    name: 'no credentials',
    server: 'closed',
    ...hello,
    outcome: notAdmitted(401, 'UNAUTHENTICATED', { 'www-authenticate': 'Bearer' }),
  },
  {
    name: 'wrong or expired credentials',
    server: 'closed',
    ...hello,
    headers: { 'content-type': 'application/json', authorization: 'unknown' },
    outcome: notAdmitted(401, 'UNAUTHENTICATED', { 'www-authenticate': 'Bearer error="invalid_token"' }),
  },
  {
    name: 'credentials that cannot be verified at the moment',
    server: 'closed',
    ...hello,
    headers: { 'content-type': 'application/json', authorization: 'unavailable' },
    outcome: notAdmitted(503, 'AUTHENTICATION_UNAVAILABLE', { 'retry-after': '5' }),
  },
  {
    name: '`/metrics` without the permission `server:read`',
    server: 'closed',
    path: '/metrics',
    headers: { authorization: 'nobody' },
    outcome: notAdmitted(403, 'FORBIDDEN'),
  },
  {
    name: 'a page of a forbidden origin',
    ...hello,
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    outcome: notAdmitted(403, 'FORBIDDEN'),
  },
  {
    name: 'a forbidden host',
    ...hello,
    headers: { 'content-type': 'application/json', host: 'evil.example' },
    outcome: notAdmitted(403, 'FORBIDDEN'),
  },
  { name: 'an unknown path', ...hello, path: '/nowhere', outcome: notAdmitted(404, 'NOT_FOUND') },
  {
    name: 'a server that is draining',
    server: 'draining',
    ...byGet('{ hello }'),
    outcome: notAdmitted(503, 'SHUTTING_DOWN', { connection: 'close' }),
  },
];
