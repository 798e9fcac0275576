import { AwsFault } from './fault.js';

/** A form's parameters by the parts of their names: `UserIds.member.1=a` is `UserIds` → `member` → `1` → `a`. */
export interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

const maxParameters = 10_000;
const deepest = 12;

/** Arranges parameters as a tree. @throws AwsFault MalformedQueryString for too many, too deep or repeated ones. */
export function formTree(parameters: URLSearchParams): FormNode {
  if (parameters.size > maxParameters) throw malformed(`at most ${maxParameters} parameters`);
  const root: FormNode = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const parts = name.split('.');
    if (parts.length > deepest) throw malformed(`at most ${deepest} parts in a parameter's name`);
    const node = parts.reduce(child, root);
    if (node.value !== undefined) throw malformed(`each parameter once, got ${name.slice(0, 100)} twice`);
    node.value = value;
  }
  return root;
}

function child(node: FormNode, part: string): FormNode {
  const known = node.children.get(part);
  if (known) return known;
  const made: FormNode = { value: undefined, children: new Map() };
  node.children.set(part, made);
  return made;
}

function malformed(expected: string): AwsFault {
  return new AwsFault('MalformedQueryString', `Expected ${expected}.`);
}
