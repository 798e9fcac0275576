/** The element of `index.html` at a selector; throws unless it has this type. */
export function part<Type extends HTMLElement>(from: ParentNode, selector: string, type: new () => Type): Type {
  const element = from.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`index.html has no ${type.name} at ${selector}.`);
}

/** A new element with a class and what it holds. Text is never taken for HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** Puts a row on top of a list that stays short, however long the page is open. */
export function addRow(list: HTMLElement, row: HTMLLIElement): void {
  list.prepend(row);
  while (list.childElementCount > 200) list.lastElementChild?.remove();
}

/** Shows an error in a section, or removes it if there is no message. */
export function showProblem(section: HTMLElement, message = ''): void {
  const problem = part(section, '.problem', HTMLParagraphElement);
  problem.textContent = message;
  problem.hidden = message === '';
}

/** Runs the action of a one-field form and then clears the field. */
export function onText(section: HTMLElement, act: (text: string) => Promise<unknown>): void {
  const form = part(section, 'form', HTMLFormElement);
  const field = part(form, '[name=text]', HTMLInputElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void reporting(section, async () => {
      await act(field.value);
      field.value = '';
    });
  });
}

/** Runs a user's action and shows its error in the section. */
export async function reporting(section: HTMLElement, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    showProblem(section);
  } catch (error) {
    showProblem(section, error instanceof Error ? error.message : String(error));
  }
}
