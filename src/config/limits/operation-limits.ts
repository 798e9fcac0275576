/**
 * What an operation may hold, whoever sends it. Fragments count as often as they are spread, and all of it is checked before
 * anything is validated.
 */
export interface OperationLimits {
  /** Characters of the text. */
  readonly maxDocumentLength: number;
  /** Names, values and punctuators; comments are none. */
  readonly maxTokens: number;
  /** Brackets of any kind that stand open at once, in the document or in its variables. */
  readonly maxNesting: number;
  /** Operations and fragments. */
  readonly maxDefinitions: number;
  /** Fields one in another, but for those of introspection. */
  readonly maxDepth: number;
  /** Fields one in another below `__schema` and `__type`, these included. */
  readonly maxIntrospectionDepth: number;
  /** Fields of an operation itself. */
  readonly maxRootFields: number;
  /** Fields of one selection. */
  readonly maxBreadth: number;
  /** Fields in all. */
  readonly maxFields: number;
  /** How often one name may be selected at the same place of the answer. */
  readonly maxRepeats: number;
  /** Aliases in all, those of `__typename` too. */
  readonly maxAliases: number;
  /** Directives of one field, fragment or definition. */
  readonly maxDirectivesPerNode: number;
  /** Directives in all. */
  readonly maxDirectives: number;
  /** Items of one list, in the document or in its variables. */
  readonly maxListLength: number;
  /** Values in the variables in all: lists, objects and what is in them. */
  readonly maxVariableValues: number;
  /** Fields of the answer at most, by the sizes of lists that the schema declares and the arguments given. */
  readonly maxCost: number;
  /** Bytes of one result as JSON in UTF-8, errors and escapes included; of a subscription, of each delivery. */
  readonly maxAnswerLength: number;
  /** Faults of a document that are told. */
  readonly maxErrors: number;
}

export const defaultOperationLimits: OperationLimits = {
  maxDocumentLength: 100_000,
  maxTokens: 5_000,
  maxNesting: 64,
  maxDefinitions: 100,
  maxDepth: 15,
  maxIntrospectionDepth: 20,
  maxRootFields: 50,
  maxBreadth: 200,
  maxFields: 2_000,
  maxRepeats: 30,
  maxAliases: 200,
  maxDirectivesPerNode: 5,
  maxDirectives: 200,
  maxListLength: 1_000,
  maxVariableValues: 10_000,
  maxCost: 100_000,
  maxAnswerLength: 33_554_432,
  maxErrors: 20,
};
