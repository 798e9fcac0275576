/**
 * What the engine says of a request, without what the request held: a password that stands in the wrong place would come back
 * in the answer, and from there into the logs of who asked. Names, types and paths stay.
 */
export function withoutValues(message: string): string {
  const scalar = message.replace(/( cannot represent [\w -]*value): [^]*$/, '$1.');
  return withoutVariable(scalar)
    .replace(/^(Expected value of type "[^"]*"), found [^]*$/, '$1.')
    .replace(/^(Syntax Error: [^]*?(?:Block)?String) "[^]*$/, '$1.');
}

const ofVariable = /^Variable "\$\w+" got invalid value /;

/** graphql-js: `Variable "$name" got invalid value VALUE[ at "path"]; REASON`, the value as it came. */
function withoutVariable(message: string): string {
  const [head] = ofVariable.exec(message) ?? [];
  const end = message.lastIndexOf('; ');
  if (head === undefined || end < 0) return message;
  const [place = ''] = / at "[^"]*"$/.exec(message.slice(head.length - 1, end)) ?? [];
  return head.trimEnd() + place + message.slice(end);
}
