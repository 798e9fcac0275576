/** What every peer serves: the same subscription, by its own means. */
export const typeDefs = `
  type Query { isUp: Boolean }
  type Message { payload: String! }
  type Subscription { channelMessages(channel: String!): Message! }
`;
