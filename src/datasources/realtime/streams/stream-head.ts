import { beforeAll } from '../../../domain/realtime/stream-id.js';
import type { Argument, Reply } from '../../valkey/interfaces.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';

/** Sends a command to the node that holds the stream. */
export type SendToStream = (args: readonly [string, ...Argument[]]) => Promise<Reply>;

/** The newest entry's ID; `0-0` if there is none. */
export async function readHead(send: SendToStream, stream: Buffer): Promise<string> {
  const [newest] = streamEntries(await send(['XREVRANGE', stream, '+', '-', 'COUNT', '1']));
  return newest?.id ?? beforeAll;
}
