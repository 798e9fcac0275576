import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { dependsOnCaller } from '../../../src/server/execution/prepare/caller-independent-fields.js';

const depends = (selection: string): boolean => {
  const document = parse(`subscription { ${selection} }`);
  return dependsOnCaller(schema, document, getOperationAST(document)!);
};
const ofKey = '__typename id name type ttlSeconds expiresAt memoryUsageBytes objectEncoding idleSeconds slot';

describe('Subscribers of watched keys share each execution, whoever they are,', () => {
  it('unless they select a node or the content of a stream', () => {
    const events = (selection: string): boolean => depends(`keyEvents(cluster: "c") { events { ${selection} } }`);
    expect(events(`key event receivedAt current { ${ofKey} ... on StringKey { value length } }`)).toBe(false);
    expect(events('key node')).toBe(true);
    const changes = (selection: string): boolean =>
      depends(`keyChanges(cluster: "c", name: "k") { gap { reason missed } started { at } key { ${selection} } }`);
    expect(changes(`${ofKey} ... on HashKey { length }`)).toBe(false);
    expect(changes('... on StreamKey { entries { nodes { entryId } } }')).toBe(true);
  });
});
