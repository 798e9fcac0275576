/** Example operations, one per tab, in the order of a first visit. Lines are short enough to be seen whole beside the answer. */
export const graphiqlTabs: readonly string[] = [
  `# A cluster of real Valkey with one primary and
# two replicas, available in a second or two.
mutation CreateCluster {
  createCluster(
    input: {
      name: "demo"
      replicasPerShard: 2
      ifNotExists: true
    }
  ) {
    created
    cluster { name status }
    userErrors { code message path }
  }
}
`,
  `# Changes of clusters, as they happen. To stop,
# press the button again or select another tab.
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
  `# Listen here, then publish in another window:
# a window runs one operation at a time.
# The first event reports that it has begun.
subscription Listen {
  channelMessages(
    cluster: "demo"
    channels: ["mychannel"]
    announce: true
  ) {
    started { at }
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
  `# Every entry of a stream, from the first one.
# Add entries by the next tab in another window.
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
