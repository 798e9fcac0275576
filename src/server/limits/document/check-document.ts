import { Kind, visit, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql';
import type { OperationLimits } from '../../../config/limits/operation-limits.js';
import { LimitExceeded } from '../limit-exceeded.js';
import { fieldRepetition } from './field-repetition.js';
import { scanTokens } from './scan-tokens.js';
import {
  beside,
  createSelectionMeter,
  emptySelection,
  withDirectives,
  type SelectionMetrics,
} from './selection-metrics.js';

/**
 * Checks a document's text before it is parsed.
 * @throws LimitExceeded; GraphQLError if the text contains an invalid token
 */
export function checkText(text: string, limits: OperationLimits): void {
  within('maxDocumentLength', 'a document length', limits, text.length);
  const { tokens, nesting } = scanTokens(text, { tokens: limits.maxTokens, nesting: limits.maxNesting });
  if (tokens > limits.maxTokens) throw new LimitExceeded('maxTokens', 'a number of tokens', limits.maxTokens);
  if (nesting > limits.maxNesting) throw new LimitExceeded('maxNesting', 'brackets to a depth', limits.maxNesting);
}

/**
 * Checks a parsed document before it is validated. Checks all of its operations, because validation covers them all. Takes time in
 * proportion to the text and to `maxFields`.
 * @returns `hasCycle` if a fragment spreads itself: then only the validation rule that reports cycles is safe to run
 * @throws LimitExceeded
 */
export function checkDocument(document: DocumentNode, limits: OperationLimits): { readonly hasCycle: boolean } {
  within('maxDefinitions', 'a number of definitions', limits, document.definitions.length);
  visit(document, { ListValue: ({ values }) => within('maxListLength', 'a list', limits, values.length) });
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }

  const meter = createSelectionMeter(fragments);
  const measured = operations.map((operation) => metricsOfOperation(operation, meter.of(operation.selectionSet)));
  for (const { width } of measured) within('maxRootFields', 'a number of root fields', limits, width);
  // Validation also visits unused fragments, before it reports them as unused.
  const roots: (OperationDefinitionNode | FragmentDefinitionNode)[] = [...operations];
  for (const fragment of fragments.values()) {
    if (meter.spreads(fragment)) continue;
    roots.push(fragment);
    measured.push(meter.ofFragment(fragment));
  }
  checkMetrics(measured.reduce(apart, emptySelection), limits);
  if (meter.hasCycle()) return { hasCycle: true };
  for (const { selectionSet } of roots) {
    within('maxRepeats', 'a number of fields of one name', limits, fieldRepetition(selectionSet, fragments));
  }
  return { hasCycle: false };
}

function metricsOfOperation(
  { directives = [], variableDefinitions = [] }: OperationDefinitionNode,
  metrics: SelectionMetrics,
): SelectionMetrics {
  return variableDefinitions.reduce(
    (whole, variable) => withDirectives(whole, variable.directives?.length ?? 0),
    withDirectives(metrics, directives.length),
  );
}

/** Combines selections that are not parts of the same selection. */
function apart(a: SelectionMetrics, b: SelectionMetrics): SelectionMetrics {
  return { ...beside(a, b), width: Math.max(a.width, b.width) };
}

function checkMetrics(metrics: SelectionMetrics, limits: OperationLimits): void {
  within('maxDepth', 'a depth', limits, metrics.depth);
  within('maxIntrospectionDepth', 'a depth of introspection', limits, metrics.introspectionDepth);
  within('maxBreadth', 'a number of fields in one selection', limits, Math.max(metrics.width, metrics.breadth));
  within('maxFields', 'a number of fields', limits, metrics.fields);
  within('maxAliases', 'a number of aliases', limits, metrics.aliases);
  within('maxDirectivesPerNode', 'a number of directives in one place', limits, metrics.directivesPerNode);
  within('maxDirectives', 'a number of directives', limits, metrics.directives);
}

function within(limit: keyof OperationLimits, subject: string, limits: OperationLimits, got: number): void {
  if (got > limits[limit]) throw new LimitExceeded(limit, subject, limits[limit], got);
}
