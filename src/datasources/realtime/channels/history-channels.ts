import type { ChannelRules } from '../../../domain/realtime/channel-rules.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import type { ChannelHistory } from '../../valkey/values/channels/channel-history.js';
import { createChannelKeys } from '../../valkey/values/channels/channel-keys.js';
import type { HistoryChannel } from './channel-hub.js';
import type { ChannelRequest } from '../interfaces.js';

/** Which channels have a history, and where. */
export interface HistoryChannels {
  history(message: { cluster: string; channel: Buffer; sharded: boolean }): ChannelHistory | undefined;
  /** The key on whose node a channel is to be heard, where something is kept of it or it is one of this API's own. */
  slotKey(cluster: string, channel: Buffer): Buffer | undefined;
  /**
   * The channels of a request that asks for history, each with its stream; undefined where it does not ask.
   * @throws ExpectedFailure NOT_SUPPORTED where one of them has none, INVALID_INPUT where a pattern is asked
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
    of({ cluster, channels, patterns, sharded, history: asked }) {
      if (!asked) return undefined;
      if (patterns.length > 0)
        throw invalidInput('Expected channels by their names: a pattern has no history.', ['patterns']);
      if (asked.after !== undefined && channels.length !== 1) {
        throw invalidInput(`Expected one channel, whose cursor this is, got ${channels.length}.`, ['after']);
      }
      return channels.map((name) => {
        const historyChannel = history({ cluster, channel: name, sharded });
        if (historyChannel) return { name, stream: historyChannel.stream };
        throw notRecorded(asked.after === undefined ? 'history' : 'after');
      });
    },
  };
}

function notRecorded(argument: string): ExpectedFailure {
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    'No history is kept of this channel. Whoever runs this API can have it kept: `--history` with a pattern, or in the ' +
      'configuration `{"channels": {"history": [{"pattern": "…"}]}}`.',
    { path: [argument] },
  );
}
