import type { FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import {
  countable,
  planKeyRead,
  type KeyFact,
  type KeyReadPlan,
} from '../../datasources/valkey/values/keys/key-read-plan.js';
import type { KeyType } from '../../domain/key/key.js';
import type { KeySelection } from '../../resolvers/key/key-selection.js';
import { isIncluded, selectedFields } from '../shared/selection.js';
import { furtherRead, isFurtherRead } from './further-reads.js';
import { keyTypeOfTypename } from './key-typenames.js';

/** The fact that a field of a key reads. Other fields read nothing, or are further reads. */
const factOfField: ReadonlyMap<string, KeyFact> = new Map<string, KeyFact>([
  ['value', 'value'],
  ['decoded', 'value'],
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
  /** The only type that the keys can have. */
  readonly promised: KeyType | undefined;
  readonly facts: Set<KeyFact>;
  readonly types: Set<KeyType>;
  /** Types whose length is selected. */
  readonly lengths: Set<KeyType>;
  readonly further: SelectedRead[];
  /** Whether a field is selected that does not follow from the name. */
  needsKey: boolean;
  /** Whether variables may change the selection. */
  isConditional: boolean;
}

/** A further read of keys of one type. Its arguments may differ between runs of the document. */
interface SelectedRead {
  readonly type: KeyType;
  readonly node: FieldNode;
}

interface Selected {
  readonly plan: KeyReadPlan;
  readonly further: readonly SelectedRead[];
  readonly isNameOnly: boolean;
}

/** Documents are parsed once and run often, so plans are kept with their fields. */
const known = new WeakMap<FieldNode, Map<string, Selected>>();

interface PlanOptions {
  /** The type that the field guarantees, or by which the keys are filtered. */
  readonly type?: KeyType | undefined;
  /** Paths from the field to its keys, e.g. through a connection. */
  readonly below?: readonly (readonly string[])[];
  /** Whether keys are expected to have the type whose fields are selected, if that is only one. */
  readonly mayExpectType?: boolean;
}

/** The reads that the selection of a field requires of its keys. */
export function keySelection(info: GraphQLResolveInfo, options: PlanOptions = {}): KeySelection {
  const { plan, further, isNameOnly } = selected(info, options);
  if (further.length === 0) return { plan, further: [], isNameOnly };
  return { plan, isNameOnly, further: further.map(({ type, node }) => furtherRead(type, node, info)) };
}

function selected(info: GraphQLResolveInfo, { type, below = [[]], mayExpectType = true }: PlanOptions): Selected {
  const [field] = info.fieldNodes;
  const id = type ?? '';
  const existing = field && info.fieldNodes.length === 1 ? known.get(field)?.get(id) : undefined;
  if (existing) return existing;

  const found: Found = {
    promised: type,
    facts: new Set(),
    types: new Set(),
    lengths: new Set(),
    further: [],
    needsKey: false,
    isConditional: false,
  };
  for (const path of below) for (const node of info.fieldNodes) collect(node.selectionSet, path, type, found, info);
  const [only] = found.types;
  const expectedType = type ?? (mayExpectType && found.types.size === 1 ? only : undefined);
  // The length of a guaranteed collection shows what TYPE would, also to Valkey users with commands of that type only.
  if (type && countable.has(type)) found.facts.add('length');
  const selection = {
    plan: planKeyRead(found.facts, expectedType, found.lengths),
    further: found.further,
    isNameOnly: !found.needsKey,
  };
  if (field && info.fieldNodes.length === 1 && !found.isConditional) {
    const ofField = known.get(field) ?? new Map<string, Selected>();
    known.set(field, ofField.set(id, selection));
  }
  return selection;
}

/** Adds what is selected of the keys, which are the objects at the end of the path. */
function collect(
  selections: SelectionSetNode | undefined,
  [next, ...rest]: readonly string[],
  type: KeyType | undefined,
  found: Found,
  info: GraphQLResolveInfo,
): void {
  const { fragments, variableValues } = info;
  const fields = selections
    ? selectedFields<KeyType | 'any'>(selections, type ?? 'any', {
        fragment: (name) => fragments[name],
        enter: (place, condition) => {
          const narrowed = keyTypeOfTypename(condition ?? '') ?? place;
          return found.promised && narrowed !== found.promised ? null : narrowed;
        },
        isIncluded: (node) => {
          found.isConditional ||= Boolean(node.directives?.length);
          return isIncluded(node, variableValues);
        },
      })
    : [];
  for (const { node, place } of fields) {
    if (next === undefined) addField(node, place, found);
    else if (node.name.value === next) collect(node.selectionSet, rest, type, found, info);
  }
}

/** Fields that follow from the name of a key. Its global ID contains its type. */
const fieldsOfName: ReadonlySet<string> = new Set(['name', 'slot']);

function addField(node: FieldNode, type: KeyType | 'any', found: Found): void {
  found.needsKey ||= type !== 'any' || !fieldsOfName.has(node.name.value);
  const fact = factOfField.get(node.name.value);
  if (fact) found.facts.add(fact);
  if (type === 'any') return;
  if (!withoutCommands.has(type)) found.types.add(type);
  if (fact === 'length') found.lengths.add(type);
  if (isFurtherRead(type, node.name.value)) found.further.push({ type, node });
}
