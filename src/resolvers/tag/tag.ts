import { checkTags, type Tag } from '../../domain/tags.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { resourceOfArn, resourceOfObject, type ObjectId, type TaggedResource } from './tagged-resource.js';

/** A resource after a change of its tags. */
export interface Tagged {
  readonly resource: TaggedResource;
  readonly tags: readonly Tag[];
}

/** The resource of an input: an ARN, or an object. */
export type ResourceReference = string | ObjectId;

/** @throws ExpectedFailure for input that breaks a rule, NOT_FOUND, and for ElastiCache's refusals; Outage FORBIDDEN */
export async function addTags(context: Context, reference: ResourceReference, added: readonly Tag[]): Promise<Tagged> {
  const resource = await existingResource(context, reference);
  checkList(added, ['input', 'tags']);
  checkTags(added, ['input', 'tags']);
  return { resource, tags: await context.controlPlane.addTags({ arn: resource.arn, tags: added }) };
}

/** @throws ExpectedFailure NOT_FOUND if the resource or one of the tags does not exist; otherwise as `addTags` */
export async function removeTags(
  context: Context,
  reference: ResourceReference,
  keys: readonly string[],
): Promise<Tagged> {
  const resource = await existingResource(context, reference);
  checkList(keys, ['input', 'keys']);
  return { resource, tags: await context.controlPlane.removeTags({ arn: resource.arn, keys }) };
}

async function existingResource(context: Context, reference: ResourceReference): Promise<TaggedResource> {
  return typeof reference === 'string' ? resourceOfArn(context, reference) : resourceOfObject(context, reference);
}
