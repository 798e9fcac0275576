import { GraphQLError, NoFragmentCyclesRule, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { operationCodes, withCode } from './error-codes.js';
import { checkDocument, checkText } from '../limits/document/check-document.js';
import { introspects } from './introspection.js';
import { LimitExceeded, limitError } from '../limits/limit-exceeded.js';
import type { OperationLimits } from '../../config/limits/operation-limits.js';
import type { LimitName } from '../../config/limits/server-limits.js';
import { conditionalRoots } from './conditional-roots.js';
import type { OperationPlan } from './operation-plan.js';

/** A document's text, read: what it says, or what is wrong with it. */
interface ReadDocument {
  /** Absent where the syntax is wrong. */
  readonly document?: DocumentNode;
  /** Empty where it may be run. */
  readonly faults: readonly GraphQLError[];
  /** Whether it asks for the schema. */
  readonly introspects?: boolean;
  /** The limit that refuses it, where one does. */
  readonly limit?: LimitName;
  /** The plans of its operations, by the names that requests choose them by; absent until the operation is first requested. */
  readonly plans: Map<string | undefined, OperationPlan>;
}

/** Parses, measures and validates each document once, while it is in use: front-ends send the same few again and again. */
export type Documents = (text: string) => ReadDocument;

/** Characters of text that are remembered; a parsed document takes some thirty times as many bytes. */
const maxRemembered = 2_000_000;

export function createDocuments(schema: GraphQLSchema, limits: OperationLimits): Documents {
  const known = new LRUCache<string, ReadDocument>({
    maxSize: maxRemembered,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    const existing = known.get(text);
    if (existing) return existing;
    const read = readDocument(text, schema, limits);
    // What may be longer than a document can be, and costs nothing to refuse again, would push out those in use.
    if (read.limit !== 'maxDocumentLength') known.set(text, read);
    return read;
  };
}

function readDocument(text: string, schema: GraphQLSchema, limits: OperationLimits): ReadDocument {
  const plans = new Map<string | undefined, OperationPlan>();
  try {
    const document = parseText(text, limits);
    const { hasCycle } = checkDocument(document, limits);
    const conditional = conditionalRoots(document);
    if (conditional.length > 0) return { document, faults: conditional.slice(0, limits.maxErrors).map(invalid), plans };
    const rules = hasCycle ? [NoFragmentCyclesRule] : undefined;
    const faults = validate(schema, document, rules, { maxErrors: limits.maxErrors }).map(invalid);
    return { document, faults, introspects: introspects(document), plans };
  } catch (error) {
    if (error instanceof LimitExceeded) return { faults: [limitError(error)], limit: error.limit, plans };
    if (error instanceof GraphQLError) return { faults: [error], plans };
    throw error;
  }
}

/** @throws LimitExceeded; GraphQLError if the syntax is wrong */
function parseText(text: string, limits: OperationLimits): DocumentNode {
  try {
    checkText(text, limits);
    return parse(text);
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, operationCodes.syntax) : error;
  }
}

function invalid(fault: GraphQLError): GraphQLError {
  return withCode(fault, operationCodes.validation);
}
