import type { Result } from './graphql-client.js';

/** One block of an event stream. */
export interface ServerEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** The results of a streaming response in any encoding; the last one is the error that ended it, if any. */
export async function* readResults(response: Response): AsyncGenerator<Result> {
  if (response.headers.get('content-type')?.startsWith('multipart/')) {
    for await (const part of readParts(response)) {
      const { payload, errors } = part as { payload?: Result | null; errors?: Result['errors'] };
      if (payload) yield payload;
      if (errors) yield { errors };
    }
    return;
  }
  for await (const { event, data } of readEvents(response)) {
    if (event === 'next') yield JSON.parse(data!) as Result;
  }
}

/** The blocks of an event stream as the specification defines them, without comments; ends with the response. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => !line.startsWith(':'));
      const fields = lines.map((line) => /^([^:]+):? ?(.*)$/.exec(line)!.slice(1, 3) as [string, string]);
      if (fields.length > 0) yield Object.fromEntries(fields);
    }
  }
  if (text !== '') throw new Error(`The stream ended within an event: ${text}`);
}

/** The parts of a multipart response, each as soon as its closing boundary has arrived; rejects without a last boundary. */
export async function* readParts(response: Response): AsyncGenerator {
  const type = response.headers.get('content-type') ?? '';
  const boundary = /^multipart\/mixed;.*boundary="?([^;"]+)"?/.exec(type)?.[1];
  if (boundary === undefined) throw new Error(`Expected multipart/mixed with a boundary, got ${type}.`);
  // RFC 2046: the first delimiter needs no line before it.
  let text = '\r\n';
  let isPreamble = true;
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split(`\r\n--${boundary}`);
    text = parts.pop()!;
    for (const part of parts) {
      if (!isPreamble) yield readPart(part);
      isPreamble = false;
    }
  }
  if (text !== '--\r\n') throw new Error(`Expected the last boundary, got ${JSON.stringify(text)}.`);
}

function readPart(part: string): unknown {
  const [headers, body] = part.split('\r\n\r\n', 2);
  if (headers?.toLowerCase() !== '\r\ncontent-type: application/json')
    throw new Error(`Unexpected headers: ${headers}`);
  return JSON.parse(body!);
}
