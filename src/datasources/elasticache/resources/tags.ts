import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-elasticache';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import { awsTag, tagOf } from './shapes.js';

/** The control plane's methods for tags. */
export function createTags(calls: ElastiCacheCalls): Pick<ControlPlane, 'tags' | 'addTags' | 'removeTags'> {
  return {
    async tags(arn) {
      const command = new ListTagsForResourceCommand({ ResourceName: arn });
      const { TagList = [] } = await calls.read((client) => client.send(command));
      return TagList.map(tagOf);
    },
    async addTags({ arn, tags }) {
      const command = new AddTagsToResourceCommand({ ResourceName: arn, Tags: tags.map(awsTag) });
      const { TagList = [] } = await calls.write('addTags', (client) => client.send(command));
      return TagList.map(tagOf);
    },
    async removeTags({ arn, keys }) {
      const command = new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: [...keys] });
      const { TagList = [] } = await calls.write('removeTags', (client) => client.send(command));
      return TagList.map(tagOf);
    },
  };
}
