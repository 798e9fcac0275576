import { GraphQLError, NoFragmentCyclesRule, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { operationCodes, withCode } from '../results/error-codes.js';
import { checkDocument, checkText } from '../../limits/document/check-document.js';
import { introspects } from './introspection.js';
import { LimitExceeded, limitError } from '../../limits/limit-exceeded.js';
import type { OperationLimits } from '../../../config/limits/operation-limits.js';
import type { LimitName } from '../../../config/limits/server-limits.js';
import { conditionalRoots } from './conditional-roots.js';
import type { OperationPlan } from './operation-plan.js';

/** The result of parsing, checking and validating a document's text. */
interface CheckedDocument {
  /** Absent if the syntax is wrong or a limit is exceeded. */
  readonly document?: DocumentNode;
  /** Empty if the document is valid. */
  readonly errors: readonly GraphQLError[];
  /** Whether it selects `__schema` or `__type`. */
  readonly introspects?: boolean;
  /** The limit that it exceeds, if any. */
  readonly limit?: LimitName;
  /** The plans of its operations, by the `operationName` of requests. A plan is added when its operation is first requested. */
  readonly plans: Map<string | undefined, OperationPlan>;
}

/** Parses, limits and validates documents. A cache keeps those in use, because front-ends send the same few again and again. */
export type Documents = (text: string) => CheckedDocument;

/** The cache's limit, in characters of text. A parsed document takes about thirty times as many bytes. */
const maxCachedCharacters = 2_000_000;

export function createDocuments(schema: GraphQLSchema, limits: OperationLimits): Documents {
  const cache = new LRUCache<string, CheckedDocument>({
    maxSize: maxCachedCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    const cached = cache.get(text);
    if (cached) return cached;
    const checked = checkDocumentText(text, schema, limits);
    // A text that is too long is cheap to refuse again, and would evict documents that are in use.
    if (checked.limit !== 'maxDocumentLength') cache.set(text, checked);
    return checked;
  };
}

function checkDocumentText(text: string, schema: GraphQLSchema, limits: OperationLimits): CheckedDocument {
  const plans = new Map<string | undefined, OperationPlan>();
  try {
    const document = parseText(text, limits);
    const { hasCycle } = checkDocument(document, limits);
    const conditional = conditionalRoots(document);
    if (conditional.length > 0) return { document, errors: conditional.slice(0, limits.maxErrors).map(invalid), plans };
    // Only this rule is safe to run on a document with a fragment cycle.
    const rules = hasCycle ? [NoFragmentCyclesRule] : undefined;
    const errors = validate(schema, document, rules, { maxErrors: limits.maxErrors }).map(invalid);
    return { document, errors, introspects: introspects(document), plans };
  } catch (error) {
    if (error instanceof LimitExceeded) return { errors: [limitError(error)], limit: error.limit, plans };
    if (error instanceof GraphQLError) return { errors: [error], plans };
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

function invalid(error: GraphQLError): GraphQLError {
  return withCode(error, operationCodes.validation);
}
