// Operations in the form that clients send, with variables.
const names = Array.from({ length: 100 }, (_, at) => `key:${at}`);

/** Each scene: the operation for cachegraph, the one for the peers, and the path of the other servers. */
export const scenes = {
  'one key': {
    cachegraph: {
      query:
        'query ($cluster: String!, $key: String!) { cluster(name: $cluster) { key(name: $key) { ... on StringKey { value ttlSeconds } } } }',
      variables: { cluster: 'bench', key: 'key:0' },
    },
    peer: {
      query: 'query ($name: String!) { key(name: $name) { value ttlSeconds } }',
      variables: { name: 'key:0' },
    },
    plain: '/one',
    keysIn: ({ data }) => [data.cluster?.key ?? data.key],
  },
  '100 keys': {
    cachegraph: {
      query:
        'query ($cluster: String!, $names: [String!]!) { cluster(name: $cluster) { keysByName(names: $names) { type ... on StringKey { value ttlSeconds } } } }',
      variables: { cluster: 'bench', names },
    },
    peer: {
      query: 'query ($names: [String!]!) { keys(names: $names) { type value ttlSeconds } }',
      variables: { names },
    },
    plain: '/hundred',
    keysIn: ({ data }) => data.cluster?.keysByName ?? data.keys,
  },
};

/** Writes what the scenes read: 100 keys that expire. */
export async function writeKeys(client) {
  for (const name of names) await client.set(name, 'x'.repeat(100), { expiration: { type: 'EX', value: 86_400 } });
}

/** A benchmark of wrong answers measures nothing. */
export async function checkAnswer({ url, headers, body, keysIn }, expectedCount) {
  const response = await fetch(url, { method: 'POST', headers, body });
  const answer = await response.json();
  const keys = keysIn(answer);
  const isRight =
    keys.length === expectedCount && keys.every(({ value, ttlSeconds }) => value.length === 100 && ttlSeconds > 0);
  if (answer.errors || !isRight) throw new Error(`${url}: ${JSON.stringify(answer).slice(0, 300)}`);
}
