export const createGroup = `mutation CreateGroup($input: CreateConsumerGroupInput!) {
  createConsumerGroup(input: $input) { userErrors { message } }
}`;

export const entries = `subscription Entries(
  $cluster: String!, $stream: String!, $group: String!, $consumer: String!, $deadLetterStream: String!
) {
  groupEntries(
    cluster: $cluster, stream: $stream, group: $group, consumer: $consumer
    maxInFlight: 256, claimIdleSeconds: 60, maxDeliveries: 5, deadLetterStream: $deadLetterStream
  ) {
    entries { deliveryCount entry { entryId json } }
  }
}`;

export const extendEntries = `mutation Extend($input: ExtendEntriesInput!) {
  extendEntries(input: $input) { userErrors { message } }
}`;

export const acknowledgeEntries = `mutation Acknowledge($input: AcknowledgeEntriesInput!) {
  acknowledgeEntries(input: $input) { userErrors { message } }
}`;
