/** The schema of every peer: the same subscription, implemented with its own means. */
export const typeDefs = `
  type Query { isUp: Boolean }
  type Message { payload: String! }
  type Subscription { channelMessages(channel: String!): Message! }
`;
