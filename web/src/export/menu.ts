// The menu of everything that can be taken away.

import { Popover } from '../controls/popover.ts';
import { element } from '../dom.ts';
import { download } from './download.ts';
import type { Exporter, Kind, PictureOptions } from './exporter.ts';

const TITLES: Record<Kind, [text: string, hint: string]> = {
  csv: ['CSV', 'The numbers of the figure, as the command line writes them'],
  json: ['JSON', 'All results with their settings, versions and digests'],
  hepdata: ['HEPData', 'A submission to HEPData: YAML files in a ZIP archive'],
  png: ['PNG', 'The figure with its key and caption, as pixels'],
  svg: ['SVG', 'The figure with its key and caption, as lines and letters'],
  bibtex: ['BibTeX', 'What to cite: the papers of this analysis and this software'],
  workspace: ['pyhf workspace', 'The point shown beside the plot, as HistFactory JSON'],
};

const RATIOS = [1, 2, 3, 4];
const USUAL_RATIO = 2;

export class ExportMenu {
  private readonly opener: HTMLButtonElement;
  private readonly panel: HTMLElement;
  private readonly popover: Popover;
  private readonly note = element('p', { class: 'export-note', role: 'status' });
  private readonly buttons = new Map<Kind, HTMLButtonElement>();
  private readonly copies: HTMLButtonElement[] = [];
  private readonly ratio = element('select', { id: 'export-ratio' });
  private readonly paper = element('input', { type: 'checkbox', id: 'export-paper', checked: true });

  constructor(
    root: HTMLElement,
    private readonly exporter: Exporter,
  ) {
    this.opener = element('button', { type: 'button', class: 'small', disabled: true });
    this.opener.append('Export');
    for (const ratio of RATIOS) {
      this.ratio.append(element('option', { value: ratio, selected: ratio === USUAL_RATIO }, `${ratio}×`));
    }
    const row = (title: string, ...parts: HTMLElement[]) =>
      element(
        'div',
        { class: 'export-row', role: 'group', 'aria-label': title },
        element('span', { class: 'export-title' }, title),
        ...parts,
      );
    this.panel = element(
      'div',
      { id: 'export-panel', role: 'dialog', 'aria-label': 'Export' },
      row('Numbers', this.button('csv'), this.button('json'), this.button('hepdata'), this.copy('csv', 'Copy CSV')),
      row(
        'Figure',
        this.button('svg'),
        this.button('png'),
        element('label', {}, this.ratio, ' pixels'),
        this.copy('png', 'Copy image'),
        element('label', { class: 'export-paper' }, this.paper, ' on white'),
      ),
      row('The point', this.button('workspace')),
      row('To cite', this.button('bibtex')),
      this.note,
    );
    this.ratio.setAttribute('aria-label', 'Pixels of the PNG for one of the screen');
    root.append(this.opener, this.panel);
    this.popover = new Popover(
      this.opener,
      this.panel,
      () => this.prepare(),
      () => this.place(),
    );
  }

  /** Something else can be taken away than before. */
  update(): void {
    this.opener.disabled = !this.exporter.has('csv');
    this.panel.classList.toggle('unfinished', this.exporter.unfinished);
    if (this.opener.disabled) this.popover.close();
    for (const [kind, button] of this.buttons) button.disabled = !this.exporter.has(kind);
    for (const copy of this.copies) copy.disabled = this.opener.disabled;
  }

  private prepare(): void {
    this.update();
    this.note.textContent = this.exporter.stopped
      ? 'The computation of this figure did not come to its end: an export begins it again and waits for its end.'
      : this.exporter.unfinished
        ? 'The figure is still being computed: an export waits for its end.'
        : '';
  }

  /** Below its button, inside the window. */
  private place(): void {
    const { left, bottom } = this.opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.panel;
    const room = document.documentElement.clientWidth - width - 8;
    this.panel.style.left = `${Math.max(8, Math.min(left, room))}px`;
    this.panel.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - height - 8))}px`;
  }

  private button(kind: Kind): HTMLButtonElement {
    const [text, hint] = TITLES[kind];
    const made = element(
      'button',
      { type: 'button', class: 'small', id: `export-${kind}`, title: hint, 'aria-label': `Export ${text}` },
      text,
    );
    made.addEventListener('click', () =>
      this.work(async () => {
        const { name, content } = await this.exporter.take(kind, this.options());
        download(name, content);
        this.popover.close();
      }),
    );
    this.buttons.set(kind, made);
    return made;
  }

  private copy(kind: 'csv' | 'png', text: string): HTMLButtonElement {
    const made = element('button', { type: 'button', class: 'small', id: `copy-${kind}` }, text);
    made.addEventListener('click', () =>
      this.work(async () => {
        const type = kind === 'png' ? 'image/png' : 'text/plain';
        // Given as a promise, so that the click still counts as the reader's when the content is there.
        const content = this.exporter.take(kind, this.options()).then(({ content }) => new Blob([content], { type }));
        await navigator.clipboard.write([new ClipboardItem({ [type]: content })]);
        this.note.textContent = kind === 'png' ? 'The image is on the clipboard.' : 'The CSV is on the clipboard.';
      }),
    );
    this.copies.push(made);
    return made;
  }

  private options(): PictureOptions {
    return { ratio: Number(this.ratio.value), paper: this.paper.checked };
  }

  private async work(task: () => Promise<void>): Promise<void> {
    this.note.textContent = this.exporter.unfinished ? 'Waiting for the end of the computation…' : '';
    try {
      await task();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.note.textContent = `Not exported: ${reason}`;
      // Whoever has closed the menu in the meantime must see it, too.
      if (!this.opener.disabled) this.popover.open();
      this.note.textContent = `Not exported: ${reason}`;
    }
  }
}
