import type { GraphiQLOptions } from 'graphql-yoga';

/** Operations to start from, one a tab, in the order in which a newcomer wants them. */
const examples: readonly string[] = [
  `# 1. A cluster of real Valkey: one primary, one replica. Available after about two seconds.
mutation CreateCluster {
  createCluster(input: { name: "demo", replicasPerShard: 1, ifNotExists: true }) {
    created
    cluster { name status }
    userErrors { code message path }
  }
}

# 2. How it gets on. Run it in a tab of its own.
subscription Changes {
  clusterChanges {
    reason
    cluster { name status primaryEndpoint { host port } }
  }
}
`,
  `# 3. Listen here, then publish from the next tab.
subscription Listen {
  channelMessages(cluster: "demo", channels: ["mychannel"]) {
    messages { channel payload receivedAt }
    gap { reason missed }
  }
}
`,
  `mutation Publish {
  publish(input: { cluster: "demo", channel: "mychannel", payload: "My message" }) {
    receivers
    userErrors { code message }
  }
}
`,
  `mutation Write {
  setString(input: { cluster: "demo", key: "greeting", value: "hello", expiry: { seconds: 60 } }) {
    applied
    userErrors { code message }
  }
  setHashFields(input: { cluster: "demo", key: "user:1", fields: [{ name: "name", value: "Ada" }, { name: "city", value: "London" }] }) {
    added
    userErrors { code message }
  }
}

query Read {
  cluster(name: "demo") {
    keyCount
    key(name: "greeting") { ... on StringKey { value ttlSeconds } }
    hash(name: "user:1") { allFields { name value } }
    keys(first: 20) { nodes { name type } pageInfo { hasNextPage endCursor } }
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

/** The page from disk, so that no request leaves the machine. It is 9 MB of code: loaded when first asked for. */
export async function renderGraphiQL(options?: GraphiQLOptions): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql');
  return page.renderGraphiQL(options);
}
