import type { LogDeliveryConfiguration, LogDeliveryConfigurationRequest } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { invalidCombination } from './refuse.js';

type Deliveries = NonNullable<ReplicationGroupRecord['logDelivery']>;
type Delivery = Deliveries[number];

/**
 * Changes the deliveries of logs, of which there is at most one per type of log. `Enabled: false` ends one. The local endpoint records
 * and describes them, and delivers nothing.
 */
export function logDeliveries(
  before: Deliveries = [],
  requests: readonly LogDeliveryConfigurationRequest[] = [],
): Deliveries {
  const after = new Map(before.map((delivery) => [delivery.logType, delivery]));
  const seen = new Set<string>();
  for (const request of requests) {
    const logType = oneOf('LogType', request.LogType, ['slow-log', 'engine-log'] as const);
    if (seen.has(logType)) throw invalidCombination(`LogDeliveryConfigurations names ${logType} twice.`);
    seen.add(logType);
    if (request.Enabled === false) after.delete(logType);
    else after.set(logType, delivery(logType, request));
  }
  return [...after.values()];
}

function delivery(
  logType: Delivery['logType'],
  { DestinationType, DestinationDetails, LogFormat }: LogDeliveryConfigurationRequest,
): Delivery {
  const destinationType = oneOf('DestinationType', DestinationType, ['cloudwatch-logs', 'kinesis-firehose'] as const);
  const { CloudWatchLogsDetails, KinesisFirehoseDetails } = DestinationDetails ?? {};
  const isCloudWatch = destinationType === 'cloudwatch-logs';
  const destination = isCloudWatch ? CloudWatchLogsDetails?.LogGroup : KinesisFirehoseDetails?.DeliveryStream;
  if (
    destination === undefined ||
    destination === '' ||
    (isCloudWatch ? KinesisFirehoseDetails : CloudWatchLogsDetails)
  ) {
    const needed = isCloudWatch ? 'CloudWatchLogsDetails' : 'KinesisFirehoseDetails';
    throw invalidCombination(`The destination type ${destinationType} requires ${needed} alone.`);
  }
  return { logType, destinationType, destination, logFormat: oneOf('LogFormat', LogFormat, ['text', 'json'] as const) };
}

function oneOf<Value extends string>(name: string, text: string | undefined, known: readonly Value[]): Value {
  const found = known.find((value) => value === text);
  if (found === undefined) throw invalidInput(`Expected a ${name} of ${known.join(' or ')}.`);
  return found;
}

export function logDeliveryViews(deliveries: Deliveries = []): LogDeliveryConfiguration[] {
  return deliveries.map(({ logType, destinationType, destination, logFormat }) => ({
    LogType: logType,
    DestinationType: destinationType,
    DestinationDetails:
      destinationType === 'cloudwatch-logs'
        ? { CloudWatchLogsDetails: { LogGroup: destination } }
        : { KinesisFirehoseDetails: { DeliveryStream: destination } },
    LogFormat: logFormat,
    Status: 'active',
  }));
}
