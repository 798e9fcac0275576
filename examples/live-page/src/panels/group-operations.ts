import { graphql } from '../graphql.js';
import { EntryParts } from './stream.js';

export const CreateGroup = graphql(`
  mutation CreateGroup($input: CreateConsumerGroupInput!) {
    createConsumerGroup(input: $input) {
      created
      userErrors {
        message
      }
    }
  }
`);

export const Work = graphql(
  `
    subscription Work($cluster: String!, $stream: String!, $group: String!, $consumer: String!) {
      groupEntries(cluster: $cluster, stream: $stream, group: $group, consumer: $consumer, maxInFlight: 10) {
        entries {
          claimed
          deliveryCount
          entry {
            ...EntryParts
          }
        }
        gap {
          reason
        }
      }
    }
  `,
  [EntryParts],
);

export const Extend = graphql(`
  mutation Extend($input: ExtendEntriesInput!) {
    extendEntries(input: $input) {
      lost
      userErrors {
        message
      }
    }
  }
`);

export const Acknowledge = graphql(`
  mutation Acknowledge($input: AcknowledgeEntriesInput!) {
    acknowledgeEntries(input: $input) {
      acknowledged
      userErrors {
        message
      }
    }
  }
`);

export const Progress = graphql(`
  subscription Progress($cluster: String!, $stream: String!, $group: String!) {
    consumerGroupProgress(cluster: $cluster, stream: $stream, group: $group) {
      lag
      pending
    }
  }
`);
