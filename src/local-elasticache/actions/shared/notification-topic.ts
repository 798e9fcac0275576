import { invalidInput } from '../../../domain/errors.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { invalidCombination } from './refuse.js';

type Topic = Pick<ReplicationGroupRecord, 'notificationTopicArn' | 'notificationTopicStatus'>;

/**
 * Checks the ARN of a topic: of SNS and of the region, as on AWS. The local endpoint records it and sends nothing.
 * @throws ExpectedFailure InvalidParameterValue
 */
export function notificationTopic(arn: string, region: string): string {
  const [, topicRegion] = /^arn:aws[\w-]*:sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}(?:\.fifo)?$/.exec(arn) ?? [];
  if (topicRegion === undefined)
    throw invalidInput('Expected the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME.');
  if (topicRegion !== region) throw invalidInput(`The SNS topic must be in the region ${region} of the cluster.`);
  return arn;
}

/** Reads a change of the topic or of its status. An empty ARN removes the topic. */
export function topicChange(
  group: Topic,
  input: { NotificationTopicArn?: string | undefined; NotificationTopicStatus?: string | undefined },
  region: string,
): Topic {
  const { NotificationTopicArn: arn, NotificationTopicStatus: status } = input;
  if (status !== undefined && status !== 'active' && status !== 'inactive') {
    throw invalidInput('Expected a notification topic status of active or inactive.');
  }
  if (arn === '') return { notificationTopicArn: undefined, notificationTopicStatus: undefined };
  const next = arn === undefined ? group.notificationTopicArn : notificationTopic(arn, region);
  if (next === undefined && status !== undefined) {
    throw invalidCombination('NotificationTopicStatus requires a notification topic.');
  }
  const changed = arn !== undefined && arn !== group.notificationTopicArn;
  return {
    notificationTopicArn: next,
    notificationTopicStatus: status ?? (changed ? 'active' : group.notificationTopicStatus),
  };
}
