// Files dropped on the page, chosen, or text pasted over the plot: given on as files.

import { element } from '../dom.ts';

/** `figure` is marked while a file is held over the page. A file that misses it must not replace the page. */
export function receiveFiles(
  figure: HTMLElement,
  area: HTMLElement,
  button: HTMLButtonElement,
  receive: (files: File[]) => void,
): void {
  const input = element('input', {
    type: 'file',
    id: 'overlay-file',
    accept: '.csv,.tsv,.txt,.dat,text/*',
    multiple: true,
    hidden: true,
    tabindex: -1,
    'aria-hidden': 'true',
  });
  button.after(input);
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    receive([...(input.files ?? [])]);
    // The same file can be chosen again.
    input.value = '';
  });
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    figure.classList.add('receiving');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) figure.classList.remove('receiving');
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    figure.classList.remove('receiving');
    receive([...(event.dataTransfer?.files ?? [])]);
  });
  area.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.trim() === '') return;
    event.preventDefault();
    receive([new File([text], 'pasted', { type: 'text/plain' })]);
  });
}
