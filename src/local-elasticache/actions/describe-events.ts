import type { DescribeEventsMessage, EventsMessage } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../domain/errors.js';
import { eventSources } from '../state/records/event.js';
import type { Decoded } from '../wire/decode.js';
import type { ActionContext } from './action-context.js';
import { pageOf } from './shared/paging.js';
import { invalidCombination } from './shared/refuse.js';

const minute = 60_000;
/** AWS keeps events for 14 days. */
const maxMinutes = 20_160;

/** Lists the events of the last `Duration` minutes (60 by default, at most 14 days), oldest first. */
export function describeEvents({ account }: ActionContext, input: Decoded<DescribeEventsMessage>): EventsMessage {
  const { SourceType, SourceIdentifier, Duration = 60 } = input;
  const sources: readonly string[] = [
    ...eventSources,
    'cache-security-group',
    'serverless-cache',
    'serverless-cache-snapshot',
  ];
  if (SourceType !== undefined && !sources.includes(SourceType)) {
    throw invalidInput(`Expected a source type of ${sources.join(', ')}.`);
  }
  if (SourceIdentifier !== undefined && SourceType === undefined) {
    throw invalidCombination('Cannot specify a source identifier without a source type.');
  }
  if (Duration < 0 || Duration > maxMinutes)
    throw invalidInput(`Expected a duration of at most ${maxMinutes} minutes.`);
  const now = Date.now();
  const earliest = now - maxMinutes * minute;
  const until = input.EndTime?.getTime() ?? now;
  const since = input.StartTime?.getTime() ?? until - Duration * minute;
  if (input.StartTime && since < earliest) throw invalidInput('The start time must be within the last 14 days.');
  if (since > until) throw invalidCombination('The start time must be before the end time.');

  const chosen = account.state.events
    .map((event, index) => ({ ...event, at: Date.parse(event.date), index }))
    .filter(({ at, sourceType, sourceId }) => {
      const isWanted = SourceType === undefined || sourceType === SourceType;
      return (
        isWanted &&
        (SourceIdentifier === undefined || sourceId === SourceIdentifier.toLowerCase()) &&
        at >= Math.max(since, earliest) &&
        at <= until
      );
    });
  const key = ({ date, index }: { date: string; index: number }) => `${date} ${String(index).padStart(6, '0')}`;
  const { items, marker } = pageOf(chosen, key, input);
  return {
    Events: items.map(({ sourceId, sourceType, message, at }) => ({
      SourceIdentifier: sourceId,
      SourceType: sourceType,
      Message: message,
      Date: new Date(at),
    })),
    Marker: marker,
  };
}
