import {
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { isPromise } from '../../../runtime/maybe-promise.js';
import { isImmediate } from '../../../schema/shared/immediate-fields.js';

/** One execution of a field whose value is completed here. */
interface ImmediateRun {
  readonly context: unknown;
  /** Of the field. Those below it have promised not to use it. */
  readonly info: GraphQLResolveInfo;
  /** The arguments of the fields below, which are the same for each item of a list. */
  readonly args: Map<FieldNode, Record<string, unknown>>;
}

/** Turns the value that a resolver has returned into a part of the result. Throws if graphql-js would report an error, or has to wait. */
export type Complete = (value: unknown, run: ImmediateRun) => unknown;

/** The value is missing, is invalid or not known yet. graphql-js then executes the operation, and words the error if there is one. */
export class NotImmediate extends Error {
  override readonly name = 'NotImmediate';
}

/** Undefined if not all selected fields are immediate, or if the selection has fragments or merges fields. */
export function immediateValue(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
): Complete | undefined {
  if (isNonNullType(type)) return required(immediateValue(schema, type.ofType, selection));
  const complete = completeKnown(schema, type, selection);
  return complete && ((value, run) => (isMissing(value) ? null : complete(value, run)));
}

/** Whether resolvers mean null. */
function isMissing(value: unknown): boolean {
  if (value instanceof Error || isPromise(value)) throw new NotImmediate();
  return value === null || value === undefined;
}

function required(complete: Complete | undefined): Complete | undefined {
  if (!complete) return undefined;
  return (value, run) => {
    const completed = complete(value, run);
    if (completed === null) throw new NotImmediate();
    return completed;
  };
}

function completeKnown(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
): Complete | undefined {
  if (isLeafType(type)) {
    return (value) => {
      const serialised: unknown = type.serialize(value);
      if (serialised === null || serialised === undefined) throw new NotImmediate();
      return serialised;
    };
  }
  if (isListType(type)) return listOf(immediateValue(schema, type.ofType, selection));
  if (!selection) return undefined;
  if (isObjectType(type)) return objectOf(schema, type, selection);
  return isAbstractType(type) ? abstractOf(schema, type, selection) : undefined;
}

function listOf(complete: Complete | undefined): Complete | undefined {
  if (!complete) return undefined;
  return (value, run) => {
    if (!Array.isArray(value)) throw new NotImmediate();
    const completed = new Array<unknown>(value.length);
    for (let at = 0; at < value.length; at += 1) completed[at] = complete(value[at], run);
    return completed;
  };
}

function abstractOf(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  selection: SelectionSetNode,
): Complete | undefined {
  const byName = new Map<string, Complete>();
  for (const possible of schema.getPossibleTypes(type)) {
    const complete = objectOf(schema, possible, selection);
    if (!complete) return undefined;
    byName.set(possible.name, complete);
  }
  return (value, run) => {
    const name = type.resolveType?.(value, run.context, run.info, type);
    const complete = typeof name === 'string' ? byName.get(name) : undefined;
    if (!complete) throw new NotImmediate();
    return complete(value, run);
  };
}

function objectOf(schema: GraphQLSchema, type: GraphQLObjectType, selection: SelectionSetNode): Complete | undefined {
  const nodes = plainFields(selection);
  const members = nodes?.map((node) => memberOf(schema, type, node));
  if (!members?.every((member) => member !== undefined)) return undefined;
  return (value, run) => {
    if (type.isTypeOf && type.isTypeOf(value, run.context, run.info) !== true) throw new NotImmediate();
    const object: Record<string, unknown> = {};
    for (const member of members) object[member.name] = member.read(value, run);
    return object;
  };
}

interface Member {
  readonly name: string;
  readonly read: Complete;
}

function memberOf(schema: GraphQLSchema, type: GraphQLObjectType, node: FieldNode): Member | undefined {
  const name = (node.alias ?? node.name).value;
  if (node.name.value === '__typename') return { name, read: () => type.name };
  const field = type.getFields()[node.name.value];
  if (!field || !isImmediate(field)) return undefined;
  const complete = immediateValue(schema, field.type, node.selectionSet);
  if (!complete) return undefined;
  const resolve = resolverOf(field);
  const argsOf = argumentsOf(field, node);
  return {
    name,
    read: (parent, run) => complete(resolve(parent, argsOf(run), run.context, run.info), run),
  };
}

/** graphql-js's own default resolver reads the name of the field from `info`, which is that of another field here. */
export function resolverOf(field: GraphQLField<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
  if (field.resolve) return field.resolve;
  return (parent, args, context, info) => {
    const property: unknown =
      typeof parent === 'object' && parent !== null ? Reflect.get(parent, field.name) : undefined;
    return typeof property === 'function' ? (property.call(parent, args, context, info) as unknown) : property;
  };
}

const noArguments = {};

function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (run: ImmediateRun) => Record<string, unknown> {
  if (field.args.length === 0) return () => noArguments;
  return ({ args, info }) => {
    const known = args.get(node);
    if (known) return known;
    const values = getArgumentValues(field, node, info.variableValues);
    args.set(node, values);
    return values;
  };
}

/** The fields of a selection that has no fragments and no field twice; undefined for others. */
export function plainFields({ selections }: SelectionSetNode): readonly FieldNode[] | undefined {
  const fields: FieldNode[] = [];
  const names = new Set<string>();
  for (const node of selections) {
    if (node.kind !== Kind.FIELD) return undefined;
    fields.push(node);
    names.add((node.alias ?? node.name).value);
  }
  return names.size === fields.length ? fields : undefined;
}
