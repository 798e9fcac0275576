import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { planKey, type KeyFact, type KeyPlan } from '../datasources/valkey/key-plan.js';
import type { KeyType } from '../domain/key.js';

/** What a field of a key reads; fields that are not here read nothing, or more than one command. */
const factOfField: ReadonlyMap<string, KeyFact> = new Map<string, KeyFact>([
  ['value', 'value'],
  ['length', 'length'],
  ['ttlSeconds', 'ttl'],
  ['expiresAt', 'expiresAt'],
  ['memoryUsageBytes', 'memory'],
  ['objectEncoding', 'encoding'],
  ['idleSeconds', 'idle'],
]);

const typeOfFragment: ReadonlyMap<string, KeyType> = new Map<string, KeyType>([
  ['StringKey', 'STRING'],
  ['HashKey', 'HASH'],
  ['ListKey', 'LIST'],
  ['SetKey', 'SET'],
  ['SortedSetKey', 'SORTED_SET'],
  ['StreamKey', 'STREAM'],
]);

interface Found {
  readonly facts: Set<KeyFact>;
  readonly types: Set<KeyType>;
  /** Whether the variables decide what is selected. */
  isConditional: boolean;
}

/** Documents are parsed once and run often. */
const plans = new WeakMap<FieldNode, Map<string, KeyPlan>>();

interface PlanOptions {
  /** The type that the field itself promises, or that the keys were filtered by. */
  readonly type?: KeyType | undefined;
  /** Fields between this one and its keys, e.g. of a connection; each path is followed. */
  readonly below?: readonly (readonly string[])[];
  /** Whether keys are taken for the only type whose fields are selected. */
  readonly mayGuess?: boolean;
}

/** What to read of the keys of a field, by what is selected of them. */
export function keyPlan(info: GraphQLResolveInfo, { type, below = [[]], mayGuess = true }: PlanOptions = {}): KeyPlan {
  const [field] = info.fieldNodes;
  const id = type ?? '';
  const known = field && info.fieldNodes.length === 1 ? plans.get(field)?.get(id) : undefined;
  if (known) return known;

  const found: Found = { facts: new Set(), types: new Set(), isConditional: false };
  for (const path of below) for (const node of info.fieldNodes) collect(node.selectionSet, path, type, found, info);
  const [only] = found.types;
  const guess = type ?? (mayGuess && found.types.size === 1 ? only : undefined);
  // Where a hash or stream is promised its length tells what TYPE would, also to users who may run commands of that type only.
  if (type === 'HASH' || type === 'STREAM') found.facts.add('length');
  const plan = planKey(found.facts, guess);
  if (field && info.fieldNodes.length === 1 && !found.isConditional) {
    const ofField = plans.get(field) ?? new Map<string, KeyPlan>();
    plans.set(field, ofField.set(id, plan));
  }
  return plan;
}

function collect(
  selections: SelectionSetNode | undefined,
  path: readonly string[],
  type: KeyType | undefined,
  found: Found,
  info: GraphQLResolveInfo,
): void {
  for (const node of selections?.selections ?? []) {
    if (!isIncluded(node, found, info)) continue;
    if (node.kind === Kind.FIELD) {
      const [next, ...rest] = path;
      if (next !== undefined) {
        if (node.name.value === next) collect(node.selectionSet, rest, type, found, info);
        continue;
      }
      const fact = factOfField.get(node.name.value);
      if (fact) found.facts.add(fact);
      if (type) found.types.add(type);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    const condition = fragment?.typeCondition?.name.value ?? '';
    collect(fragment?.selectionSet, path, typeOfFragment.get(condition) ?? type, found, info);
  }
}

function isIncluded(node: SelectionNode, found: Found, { variableValues }: GraphQLResolveInfo): boolean {
  if (!node.directives?.length) return true;
  found.isConditional = true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
