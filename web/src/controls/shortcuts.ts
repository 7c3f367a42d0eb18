// Keys that work anywhere on the page, except where text is typed.

export interface Shortcuts {
  undo: () => void;
  redo: () => void;
  help: () => void;
}

export function listenToKeys({ undo, redo, help }: Shortcuts): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]'))
      return;
    const key = event.key.toLowerCase();
    const action =
      event.ctrlKey || event.metaKey
        ? key === 'y' || (key === 'z' && event.shiftKey)
          ? redo
          : key === 'z'
            ? undo
            : null
        : key === '?'
          ? help
          : null;
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Whether keys there mean letters, or belong to the field's own undo. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type);
}
