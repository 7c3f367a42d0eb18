// The page's style sheet for a shadow tree: what it says of the root of the page holds for the element.

import base from '../styles/base.css?inline';
import controls from '../styles/controls.css?inline';
import own from '../styles/embed.css?inline';
import plot from '../styles/plot.css?inline';
import theme from '../theme.css?inline';

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(forHost([theme, base, controls, plot].join('\n')) + own);
  }
  return sheet;
}

function forHost(css: string): string {
  return css
    .replaceAll(/:root((?:\[[^\]]*\]|:not\([^)]*\))*)/g, (_all, which: string) => (which ? `:host(${which})` : ':host'))
    .replaceAll('data-theme', 'theme');
}
