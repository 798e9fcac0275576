import { GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

/** A document's text, read: what it says, or what is wrong with it. */
interface ReadDocument {
  /** Absent where the syntax is wrong. */
  readonly document?: DocumentNode;
  /** Empty where it may be run. */
  readonly faults: readonly GraphQLError[];
}

/** Parses and validates each document once, while it is in use: front-ends send the same few again and again. */
export type Documents = (text: string) => ReadDocument;

/** Characters of text that are remembered; a parsed document takes some thirty times as many bytes. */
const maxRemembered = 2_000_000;

export function createDocuments(schema: GraphQLSchema): Documents {
  const known = new LRUCache<string, ReadDocument>({
    maxSize: maxRemembered,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    const standing = known.get(text);
    if (standing) return standing;
    const read = readDocument(text, schema);
    known.set(text, read);
    return read;
  };
}

function readDocument(text: string, schema: GraphQLSchema): ReadDocument {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return { faults: [error] };
    throw error;
  }
  return { document, faults: validate(schema, document) };
}
