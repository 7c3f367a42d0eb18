// Small helpers to build DOM trees: text always goes in as text, never as markup.

type Child = Node | string | null | undefined | false;
type Properties = Record<string, string | number | boolean | null | undefined>;

/** An element with attributes (null, undefined and false are left out) and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'class') made.className = String(value);
    else made.setAttribute(key, value === true ? '' : String(value));
  }
  append(made, children);
  return made;
}

export function replaceContent(parent: Element, ...children: (Child | Child[])[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** The element of the page with this id; the page is broken without it. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element "${id}".`);
  return found as Kind;
}

function append(parent: Element, children: (Child | Child[])[]): void {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
}
