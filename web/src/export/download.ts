// Hands a file to the reader.

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own reference by the next turn of the event loop, in every browser but some old ones.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name from the card, the figure and the kind. */
export function fileName(card: string, preset: string, extension: string): string {
  const clean = (text: string) => text.replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  return `${clean(card)}-${clean(preset)}.${extension}`;
}
