// The dialog from which snippets are copied.

import { element, replaceContent } from '../dom.ts';
import type { Snippet } from './snippets.ts';

export class SnippetDialog {
  private readonly body = element('div', {});
  private readonly said = element('p', { class: 'note', role: 'status' });
  private readonly root: HTMLDialogElement;

  constructor() {
    const close = element('button', { type: 'button', class: 'small' }, 'Close');
    this.root = element(
      'dialog',
      { id: 'snippets', 'aria-labelledby': 'snippets-title' },
      element('header', {}, element('h2', { id: 'snippets-title' }, 'Show this figure elsewhere'), close),
      this.body,
      this.said,
    );
    close.addEventListener('click', () => this.root.close());
    document.body.append(this.root);
  }

  open(snippets: Snippet[]): void {
    this.said.textContent = '';
    replaceContent(
      this.body,
      snippets.map((snippet) => this.field(snippet)),
    );
    if (!this.root.open) this.root.showModal();
  }

  private field({ title, note, code }: Snippet): HTMLElement {
    const id = `snippet-${title.toLowerCase()}`;
    const rows = Math.min(6, code.split('\n').length + 1);
    const text = element('textarea', {
      id,
      rows,
      readonly: true,
      spellcheck: 'false',
      'aria-describedby': `${id}-note`,
    });
    text.value = code;
    const copy = element('button', { type: 'button', class: 'small', 'aria-label': `Copy: ${title}` }, 'Copy');
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code);
        this.said.textContent = `Copied: ${title}.`;
      } catch {
        text.select();
        this.said.textContent = 'The clipboard may not be used here: the text is selected, copy it by the keyboard.';
      }
    });
    return element(
      'div',
      { class: 'snippet' },
      element('p', {}, element('label', { for: id }, title), copy),
      element('p', { class: 'note', id: `${id}-note` }, note),
      text,
    );
  }
}
