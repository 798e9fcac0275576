import { ExpectedFailure } from '../../domain/errors.js';

/**
 * The failure with the path of the item that it is about, if its path is that of a list of names and its message contains exactly one
 * of them. ElastiCache identifies an item of a list only in the message.
 */
export function atRefusedItem(failure: ExpectedFailure, input: object): ExpectedFailure {
  const { code, message, inputPath, upstreamCode } = failure;
  const [root, field, ...deeper] = inputPath ?? [];
  if (root === undefined || field === undefined || deeper.length > 0) return failure;
  const list: unknown = Reflect.get(input, field);
  if (!Array.isArray(list)) return failure;
  const mentioned = list.flatMap((item: unknown, index) =>
    typeof item === 'string' && mentions(message, item) ? [index] : [],
  );
  if (mentioned.length !== 1) return failure;
  const path = [root, field, String(mentioned[0])];
  return new ExpectedFailure(code, message, { path, upstreamCode, cause: failure });
}

/** Whether the text contains the name, and not only as a part of a longer name. ElastiCache may change the case of names. */
function mentions(text: string, name: string): boolean {
  const [inText, wanted] = [text.toLowerCase(), name.toLowerCase()];
  if (wanted === '') return false;
  for (let start = inText.indexOf(wanted); start !== -1; start = inText.indexOf(wanted, start + 1)) {
    const around = `${inText[start - 1] ?? ''}${inText[start + wanted.length] ?? ''}`;
    if (!/[\w-]/.test(around)) return true;
  }
  return false;
}
