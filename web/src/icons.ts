// The pictures on the buttons of the toolbar. A button with one keeps its words as accessible name and tooltip.

const PATHS = {
  undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'm15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  reset: 'M4 5v5h5M4.6 10A8 8 0 1 1 4 13',
  closer: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5M8 11h6M11 8v6',
  farther: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5M8 11h6',
  whole: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9 9h6v6H9z',
  box: 'M4 4h3M10.5 4h3M17 4h3v3M20 10.5v3M20 17v3h-3M13.5 20h-3M7 20H4v-3M4 13.5v-3M4 7V4',
  pin: 'M9 3h6M10 3v6l-3 4v2h10v-2l-3-4V3M12 15v6',
  file: 'M3 20V4M3 20h18M6 15c4 0 3-8 8-8M18 4v6M15 7h6',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  leave: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1.5-1.5',
  embed: 'm8 7-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14',
  save: 'M6 3h9l4 4v14H5V3zM12 9v7M9 13.5l3 3 3-3',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGElement {
  const make = (tag: string, attributes: Record<string, string>) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const svg = make('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  svg.append(make('path', { d: PATHS[name] }));
  return svg;
}

/** Puts the icon that each button of the page names in `data-icon` in place of its words, which become its name. */
export function drawIcons(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>('[data-icon]')) {
    const words = button.getAttribute('aria-label') ?? button.textContent!.trim();
    setIcon(button, button.dataset['icon'] as IconName, words);
  }
}

/** Shows an icon on a button that is called `words`. */
export function setIcon(button: HTMLElement, name: IconName, words: string): void {
  button.classList.add('with-icon');
  button.setAttribute('aria-label', words);
  if (!button.title) button.title = words;
  button.replaceChildren(icon(name));
}
