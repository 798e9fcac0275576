import { describe, expect, it } from 'vitest';
import { changedSettings, nodeSettings, requiresReboot } from '../../../src/domain/cluster/node-settings.js';
import { parameterFamilies } from '../../../src/domain/parameters/parameter-families.js';
import { checkParameterValue, engineParameters } from '../../../src/domain/parameters/parameter-table.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

/** Values at which engines stop, and event classes that they have or lack. */
const candidates = [
  '-999999999999999',
  '-2',
  '-1',
  '0',
  '64',
  '65',
  '100',
  '2147483647',
  '2147483648',
  '4294967296',
  '999999999999999',
  'KEAmnd',
  'KZ',
];

const nodeType = 'cache.t3.small';

describe('values that a parameter group accepts', () => {
  it.each(parameterFamilies)(
    'are accepted by the engine in family %s, which otherwise would not start',
    async (family) => {
      await using valkey = await startValkey();
      const defaults = nodeSettings({ family, nodeType, values: {} });
      const refused: string[] = [];
      let tried = 0;
      for (const { name, allowedValues } of engineParameters(family, false)) {
        if (requiresReboot(name)) continue;
        for (const value of new Set([...candidates, ...allowedValues.split(/[,-]/).filter(Boolean)])) {
          if (!isAccepted(family, name, value)) continue;
          const settings = nodeSettings({ family, nodeType, values: { [name]: value } });
          for (const setting of Object.entries(changedSettings(defaults, settings))) {
            tried += 1;
            const error = await valkey.command('CONFIG', 'SET', ...setting).then(() => undefined, String);
            // Nodes are not sent what the local engine lacks.
            if (error !== undefined && !error.includes('Unknown option'))
              refused.push(`${setting.join(' ')}: ${error}`);
          }
        }
      }
      expect(refused).toEqual([]);
      expect(tried).toBeGreaterThan(100);
    },
  );
});

function isAccepted(family: string, name: string, value: string): boolean {
  try {
    checkParameterValue(family, name, value);
    return true;
  } catch {
    return false;
  }
}
