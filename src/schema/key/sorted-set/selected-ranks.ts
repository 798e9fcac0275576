import { getArgumentValues, isObjectType } from 'graphql';
import type { SelectedRanks } from '../../../resolvers/key/sorted-set/ranked-member.js';
import { selectedAt } from '../../shared/selection.js';
import type { SelectedField } from '../further-reads.js';

/** The ranks that are selected of the member that a field returns. */
export function ranksOfMember(info: SelectedField): SelectedRanks {
  return selectedRanks(info, [['rank']]);
}

/** The ranks that are selected of the members on a page. */
export function ranksOfPage(info: SelectedField): SelectedRanks {
  return selectedRanks(info, [
    ['nodes', 'rank'],
    ['edges', 'node', 'rank'],
  ]);
}

function selectedRanks(info: SelectedField, paths: readonly (readonly string[])[]): SelectedRanks {
  const nodes = paths.flatMap((path) => selectedAt(info, path));
  const type = nodes.length > 0 ? info.schema.getType('SortedSetMember') : undefined;
  const rank = isObjectType(type) ? type.getFields()['rank'] : undefined;
  if (!rank) return { ranks: [] };
  const reversed = nodes.map((node) => getArgumentValues(rank, node, info.variableValues)['reverse'] === true);
  return { ranks: [...new Set(reversed)] };
}
