import { AwsFault } from './fault.js';

/**
 * A tree of the parameters of a form, by the parts of their names: `UserIds.member.1=a` is `UserIds` → `member` → `1` →
 * `a`.
 */
export interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

const maxParameters = 10_000;
const maxDepth = 12;

/** Arranges parameters as a tree. @throws AwsFault MalformedQueryString if they are too many, too deep or repeated */
export function formTree(parameters: URLSearchParams): FormNode {
  if (parameters.size > maxParameters) throw malformed(`at most ${maxParameters} parameters`);
  const root: FormNode = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const parts = name.split('.');
    if (parts.length > maxDepth) throw malformed(`at most ${maxDepth} parts in a parameter's name`);
    const node = parts.reduce(child, root);
    if (node.value !== undefined) throw malformed(`each parameter once, got ${name.slice(0, 100)} twice`);
    node.value = value;
  }
  return root;
}

function child(node: FormNode, part: string): FormNode {
  const existing = node.children.get(part);
  if (existing) return existing;
  const made: FormNode = { value: undefined, children: new Map() };
  node.children.set(part, made);
  return made;
}

function malformed(expected: string): AwsFault {
  return new AwsFault('MalformedQueryString', `Expected ${expected}.`);
}
