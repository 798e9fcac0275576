import type { ChannelRules } from '../../../domain/realtime/channel-rules.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import type { ChannelHistory } from '../../valkey/values/channels/channel-history.js';
import { createChannelKeys } from '../../valkey/values/channels/channel-keys.js';
import type { HistoryChannel } from './channel-hub.js';
import type { ChannelRequest } from '../interfaces.js';

/** Which channels have a history, and in which streams. */
export interface HistoryChannels {
  history(message: { cluster: string; channel: Buffer; sharded: boolean }): ChannelHistory | undefined;
  /**
   * The key whose node sends the channel's messages, if the channel has a history or is one of this API's own. Undefined for
   * other channels.
   */
  slotKey(cluster: string, channel: Buffer): Buffer | undefined;
  /**
   * The channels of a request that asks for history, each with its stream; undefined if it asks for none.
   * @throws ExpectedFailure NOT_SUPPORTED if one of the channels has no history, INVALID_INPUT if the request has a pattern
   */
  of(request: ChannelRequest): readonly HistoryChannel[] | undefined;
}

export function createHistoryChannels(rules: ChannelRules): HistoryChannels {
  const keys = createChannelKeys(rules.keyPrefix);
  const history: HistoryChannels['history'] = ({ cluster, channel, sharded }) => {
    const bounds = rules.historyOf(cluster, channel);
    return bounds && { ...bounds, stream: keys.history(channel, sharded) };
  };
  return {
    history,
    slotKey: (cluster, channel) =>
      rules.isOwn(channel) ? channel : history({ cluster, channel, sharded: false })?.stream,
    of({ cluster, channels, patterns, sharded, history: request }) {
      if (!request) return undefined;
      if (patterns.length > 0)
        throw invalidInput('Expected channel names instead of patterns, because patterns have no history.', [
          'patterns',
        ]);
      if (request.after !== undefined && channels.length !== 1) {
        throw invalidInput(`Expected exactly one channel with a cursor, got ${channels.length} channels.`, ['after']);
      }
      return channels.map((name) => {
        const historyChannel = history({ cluster, channel: name, sharded });
        if (historyChannel) return { name, stream: historyChannel.stream };
        throw notRecorded(request.after === undefined ? 'history' : 'after');
      });
    },
  };
}

function notRecorded(argument: string): ExpectedFailure {
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    'This channel has no history. The operator of this API can enable it with `--history` and a pattern, or with the ' +
      'configuration `{"channels": {"history": [{"pattern": "…"}]}}`.',
    { path: [argument] },
  );
}
