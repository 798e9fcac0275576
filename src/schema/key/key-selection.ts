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
import { planKeyRead, type KeyFact, type KeyReadPlan } from '../../datasources/valkey/values/keys/key-read-plan.js';
import type { KeyType } from '../../domain/key/key.js';
import type { KeySelection } from '../../resolvers/key/key-selection.js';
import { furtherRead, isFurtherRead } from './further-reads.js';
import { keyTypeOfTypename } from './key-typenames.js';

/** The fact that a field of a key reads; fields that are not here read nothing, or are further reads. */
const factOfField: ReadonlyMap<string, KeyFact> = new Map<string, KeyFact>([
  ['value', 'value'],
  ['length', 'length'],
  ['ttlSeconds', 'ttl'],
  ['expiresAt', 'expiresAt'],
  ['memoryUsageBytes', 'memory'],
  ['objectEncoding', 'encoding'],
  ['idleSeconds', 'idle'],
]);

/** Types that do not affect the first read: none of their fields needs a command of its own. */
const withoutCommands: ReadonlySet<KeyType> = new Set<KeyType>(['JSON', 'OTHER']);

interface Found {
  /** The only type that the keys can be of. */
  readonly promised: KeyType | undefined;
  readonly facts: Set<KeyFact>;
  readonly types: Set<KeyType>;
  /** Types of which the length is selected. */
  readonly lengths: Set<KeyType>;
  readonly further: SelectedRead[];
  /** Whether the variables decide what is selected. */
  isConditional: boolean;
}

/** A field that is a further read of keys of a type. Its arguments may differ each time the document is run. */
interface SelectedRead {
  readonly type: KeyType;
  readonly node: FieldNode;
}

interface Selected {
  readonly plan: KeyReadPlan;
  readonly further: readonly SelectedRead[];
}

/** Documents are parsed once and run often. */
const known = new WeakMap<FieldNode, Map<string, Selected>>();

interface PlanOptions {
  /** The type that the field itself promises, or that the keys were filtered by. */
  readonly type?: KeyType | undefined;
  /** Fields between this one and its keys, e.g. of a connection; each path is followed. */
  readonly below?: readonly (readonly string[])[];
  /** Whether keys are taken for the only type whose fields are selected. */
  readonly mayExpectType?: boolean;
}

/** What to read of the keys of a field, by what is selected of them. */
export function keySelection(info: GraphQLResolveInfo, options: PlanOptions = {}): KeySelection {
  const { plan, further } = selected(info, options);
  if (further.length === 0) return { plan, further: [] };
  return { plan, further: further.map(({ type, node }) => furtherRead(type, node, info)) };
}

function selected(info: GraphQLResolveInfo, { type, below = [[]], mayExpectType = true }: PlanOptions): Selected {
  const [field] = info.fieldNodes;
  const id = type ?? '';
  const before = field && info.fieldNodes.length === 1 ? known.get(field)?.get(id) : undefined;
  if (before) return before;

  const found: Found = {
    promised: type,
    facts: new Set(),
    types: new Set(),
    lengths: new Set(),
    further: [],
    isConditional: false,
  };
  for (const path of below) for (const node of info.fieldNodes) collect(node.selectionSet, path, type, found, info);
  const [only] = found.types;
  const expectedType = type ?? (mayExpectType && found.types.size === 1 ? only : undefined);
  // If a hash or stream is promised its length shows what TYPE would, also to users who may run commands of that type only.
  if (type === 'HASH' || type === 'STREAM') found.facts.add('length');
  const selection = { plan: planKeyRead(found.facts, expectedType, found.lengths), further: found.further };
  if (field && info.fieldNodes.length === 1 && !found.isConditional) {
    const ofField = known.get(field) ?? new Map<string, Selected>();
    known.set(field, ofField.set(id, selection));
  }
  return selection;
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
      if (type && !withoutCommands.has(type)) found.types.add(type);
      if (type && fact === 'length') found.lengths.add(type);
      if (type && isFurtherRead(type, node.name.value)) found.further.push({ type, node });
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    const narrowed = keyTypeOfTypename(fragment?.typeCondition?.name.value ?? '') ?? type;
    if (found.promised && narrowed !== found.promised) continue;
    collect(fragment?.selectionSet, path, narrowed, found, info);
  }
}

function isIncluded(node: SelectionNode, found: Found, { variableValues }: GraphQLResolveInfo): boolean {
  if (!node.directives?.length) return true;
  found.isConditional = true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
