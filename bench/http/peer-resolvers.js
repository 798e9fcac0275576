// How one would read keys with public parts: a DataLoader for each request, node-redis with its 5 s timer per command off.
import DataLoader from 'dataloader';
import { createClient } from 'redis';

export const typeDefs = `
  type Key { type: String! value: String ttlSeconds: Float }
  type Query { key(name: String!): Key keys(names: [String!]!): [Key]! }
`;

/** The resolvers, and what makes a request's context. */
export async function createPeer(port) {
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    commandOptions: { timeout: undefined },
    maintNotifications: 'disabled',
  });
  await client.connect();
  const readAll = async (names) => {
    const [values, ...ttls] = await Promise.all([client.mGet(names), ...names.map((name) => client.pTTL(name))]);
    return values.map((value, at) =>
      value === null ? null : { type: 'STRING', value, ttlSeconds: ttls[at] < 0 ? null : ttls[at] / 1000 },
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
