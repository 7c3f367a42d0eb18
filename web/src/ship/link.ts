// The address of the page with given settings. That in the address bar may be a moment behind them, or without them where
// a frame may not change it.

/** `hash`: the settings as an address, `#…`. */
export function linkTo(hash: string): string {
  const link = new URL(location.href);
  link.hash = hash;
  return link.href;
}
