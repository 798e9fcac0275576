import type { ResultOf } from '../graphql.js';
import { element } from '../page.js';
import { fieldsInWords, type EntryParts } from './stream.js';

interface Delivery {
  readonly claimed: boolean;
  readonly deliveryCount: number;
}

/** An entry that waits to be acknowledged; a delivery that is not the first says so. */
export function workRow(
  { entryId, fields }: ResultOf<typeof EntryParts>,
  { claimed, deliveryCount }: Delivery,
  acknowledge: () => Promise<void>,
): HTMLLIElement {
  const button = element('button', '', 'Acknowledge');
  button.setAttribute('aria-label', `Acknowledge ${entryId}`);
  button.addEventListener('click', () => {
    button.disabled = true;
    void acknowledge().finally(() => (button.disabled = false));
  });
  const badges = [
    ...(claimed ? [element('span', 'badge', 'claimed')] : []),
    ...(deliveryCount > 1 ? [element('span', 'badge', `delivery ${deliveryCount}`)] : []),
  ];
  return element(
    'li',
    '',
    element('span', '', element('code', '', entryId), ' ', fieldsInWords(fields), ' ', ...badges),
    button,
  );
}
