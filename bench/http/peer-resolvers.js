// How one would read keys with public parts: node-redis with its 5 s timer per command off.
import DataLoader from 'dataloader';
import { createClient } from 'redis';

export const typeDefs = `
  type Key { type: String! value: String ttlSeconds: Float }
  type Query { key(name: String!): Key keys(names: [String!]!): [Key]! }
`;

/** Both peers return the resolvers, and what makes a request's context. The type of a key must be read like the rest. */
async function connect(port) {
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    commandOptions: { timeout: undefined },
    maintNotifications: 'disabled',
  });
  return await client.connect();
}

const typeOf = (name) => name.toUpperCase();
const secondsOf = (milliseconds) => (milliseconds < 0 ? null : milliseconds / 1000);

/** A DataLoader that reads all keys of a request in one pipeline. */
export async function createLoadingPeer(port) {
  const client = await connect(port);
  const readAll = async (names) => {
    const [values, ttls, types] = await Promise.all([
      client.mGet(names),
      Promise.all(names.map((name) => client.pTTL(name))),
      Promise.all(names.map((name) => client.type(name))),
    ]);
    return names.map((_, at) =>
      types[at] === 'none' ? null : { type: typeOf(types[at]), value: values[at], ttlSeconds: secondsOf(ttls[at]) },
    );
  };
  return {
    context: () => ({ keys: new DataLoader(readAll) }),
    resolvers: {
      Query: {
        key: (_, { name }, { keys }) => keys.load(name),
        keys: (_, { names }, { keys }) => keys.loadMany(names),
      },
    },
  };
}

/** A resolver for each field that reads it. */
export async function createNaivePeer(port) {
  const client = await connect(port);
  return {
    context: () => ({}),
    resolvers: {
      Query: {
        key: (_, { name }) => ({ name }),
        keys: (_, { names }) => names.map((name) => ({ name })),
      },
      Key: {
        type: async ({ name }) => typeOf(await client.type(name)),
        value: ({ name }) => client.get(name),
        ttlSeconds: async ({ name }) => secondsOf(await client.pTTL(name)),
      },
    },
  };
}
