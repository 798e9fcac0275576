import { count, type Limits } from '../../runtime/limit.js';

/** Validation and execution descend into nested parts by recursion, which the stack bounds. */
const recursive = { max: 500 };

/**
 * Limits of one operation, the same for every client. Each spread of a fragment counts its fields again. All limits are checked
 * before validation, except those of the result.
 */
export const operationLimits = {
  maxDocumentLength: count(100_000, 'characters of a document'),
  /** Comments are no tokens. */
  maxTokens: count(5_000, 'its names, values and punctuators'),
  /** Brackets of any kind. */
  maxNesting: count(64, 'brackets in brackets, in the document and in its variables', recursive),
  maxDefinitions: count(100, 'operations and fragments'),
  maxDepth: count(15, 'fields in fields', recursive),
  maxIntrospectionDepth: count(20, 'the same below `__schema` and `__type`, these included', recursive),
  maxRootFields: count(50, 'fields of an operation itself'),
  maxBreadth: count(200, 'fields of one selection'),
  maxFields: count(2_000, 'fields in all'),
  maxRepeats: count(30, 'times that one name is selected at the same place of the result'),
  maxAliases: count(200, 'aliases in all, those of `__typename` too', { min: 0 }),
  maxDirectivesPerNode: count(5, 'directives of one field, fragment or definition'),
  maxDirectives: count(200, 'directives in all', { min: 0 }),
  maxListLength: count(1_000, 'items of a list, in the document and in its variables'),
  /** Lists, objects and the values in them. */
  maxVariableValues: count(10_000, 'values in the variables'),
  /** Computed from the arguments and the sizes of lists that the schema declares. */
  maxCost: count(100_000, 'fields that the answer can have at most: see [cost](cost.md)'),
  /** Bytes of UTF-8. Each delivery of a subscription is a result of its own. Bytes of the values that are read for it count too. */
  maxAnswerLength: count(
    33_554_432,
    'bytes of a result as JSON, errors and escapes included, and of the values read for it',
  ),
  /** BITCOUNT takes about a millisecond for each MB, in which the server serves nobody else. */
  maxCountedBytes: count(16_777_216, 'bytes that one `bitCount` counts at most; count longer values in ranges'),
  maxErrors: count(20, 'faults of a document that are reported'),
};

export type OperationLimits = Limits<typeof operationLimits>;
