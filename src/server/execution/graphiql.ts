import type { GraphiQLOptions } from 'graphql-yoga';

/** Operations to start from, one a tab, in the order in which a newcomer wants them; lines fit beside the answer. */
const examples: readonly string[] = [
  `# A cluster of real Valkey: one primary, one replica.
# It is available after about two seconds.
mutation CreateCluster {
  createCluster(
    input: { name: "demo", ifNotExists: true }
  ) {
    created
    cluster { name status }
    userErrors { code message path }
  }
}
`,
  `# How clusters get on, as it happens.
# The button that ran this also ends it.
subscription Changes {
  clusterChanges {
    reason
    cluster {
      name
      status
      primaryEndpoint { host port }
    }
  }
}
`,
  `# Listen here, then publish from the next tab.
subscription Listen {
  channelMessages(
    cluster: "demo"
    channels: ["mychannel"]
  ) {
    messages { channel payload receivedAt }
    gap { reason missed }
  }
}
`,
  `mutation Publish {
  publish(
    input: {
      cluster: "demo"
      channel: "mychannel"
      payload: "My message"
    }
  ) {
    receivers
    userErrors { code message }
  }
}
`,
  `mutation Write {
  setString(
    input: {
      cluster: "demo"
      key: "greeting"
      value: "hello"
      expiry: { seconds: 60 }
    }
  ) {
    applied
    userErrors { code message }
  }
  setHashFields(
    input: {
      cluster: "demo"
      key: "user:1"
      fields: [
        { name: "name", value: "Ada" }
        { name: "city", value: "London" }
      ]
    }
  ) {
    added
    userErrors { code message }
  }
}
`,
  `query Read {
  cluster(name: "demo") {
    keyCount
    key(name: "greeting") {
      ... on StringKey { value ttlSeconds }
    }
    hash(name: "user:1") {
      allFields { name value }
    }
    keys(first: 20) {
      nodes { name type }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
  `# Every entry of a stream, from its first on.
# Add some from the next tab.
subscription Tail {
  streamEntries(
    cluster: "demo"
    stream: "mystream"
    after: "0"
  ) {
    entries { entryId json }
    gap { reason }
  }
}
`,
  `mutation AddEntry {
  addStreamEntry(
    input: {
      cluster: "demo"
      stream: "mystream"
      fields: [{ name: "myvalue", value: "42" }]
    }
  ) {
    entryId
    userErrors { code message }
  }
}
`,
];

/** GraphiQL at the endpoint itself, with subscriptions over its WebSocket. */
export const graphiql: GraphiQLOptions = {
  title: 'cachegraph',
  subscriptionsProtocol: 'WS',
  defaultTabs: examples.map((query) => ({ query })),
};

/**
 * GraphiQL moves a tab that has the focus to where its animation last saw it, which with several default tabs is elsewhere:
 * a click's release would miss the tab, and no tab could be chosen by mouse.
 */
const tabsStayInPlace = '<style>.graphiql-tab { transform: none !important; }</style>';

/** The page from disk, so that no request leaves the machine. It is 9 MB of code: loaded when first asked for. */
export async function renderGraphiQL(): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql');
  return page.renderGraphiQL(graphiql).replace('</head>', `${tabsStayInPlace}$&`);
}
