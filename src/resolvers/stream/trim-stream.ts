import { trim, type Trim } from '../../datasources/valkey/values/streams/trim.js';
import { invalidInput } from '../../domain/errors.js';
import { checkEntryId, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import type { WrittenKey } from '../key/written-key.js';
import { streamToWrite, type StreamInput } from './stream-writes.js';

export interface TrimStreamInput extends StreamInput {
  readonly maxLength?: number | null | undefined;
  readonly minId?: string | null | undefined;
  readonly approximate: boolean;
}

export interface TrimmedStream extends WrittenKey {
  readonly trimmed: number;
}

export async function trimStream(context: Context, input: TrimStreamInput): Promise<TrimmedStream> {
  const stream = streamToWrite(context, input);
  const { cluster, approximate } = input;
  const limit = limitOf(input);
  const commands = await commandsFor(context, cluster);
  return { trimmed: await trim(commands, { stream, limit, approximate }), cluster, key: stream };
}

function limitOf({ maxLength, minId }: TrimStreamInput): Trim['limit'] {
  const given = [maxLength, minId].filter((each) => each != null).length;
  if (given !== 1)
    throw invalidInput(`Expected \`maxLength\` or \`minId\`, got ${given === 0 ? 'neither' : 'both'}.`, ['input']);
  if (minId != null) {
    checkEntryId(minId, ['input', 'minId']);
    return ['MINID', minId];
  }
  if (Number(maxLength) < 0) throw invalidInput(`Expected 0 or more, got ${maxLength}.`, ['input', 'maxLength']);
  return ['MAXLEN', String(maxLength)];
}
