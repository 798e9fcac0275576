import { DescribeCacheParametersCommand } from '@aws-sdk/client-elasticache';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import { allPages } from './pages.js';

/** The control plane's method for parameters, of which a group has about a hundred. */
export function createParameters(calls: ElastiCacheCalls): Pick<ControlPlane, 'parameter'> {
  return {
    async parameter({ parameterGroup, name }) {
      const parameters = await allPages(async (Marker) => {
        const command = new DescribeCacheParametersCommand({ CacheParameterGroupName: parameterGroup, Marker });
        const page = await calls.read((client) => client.send(command));
        return { items: page.Parameters, marker: page.Marker };
      });
      const found = parameters.find(({ ParameterName }) => ParameterName === name);
      return found ? (found.ParameterValue ?? '') : null;
    },
  };
}
