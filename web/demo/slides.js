// Starts reveal.js; a slider under the pointer is no swipe.

import Reveal from './reveal/reveal.esm.js';

const deck = new Reveal({ hash: true, width: 1100, height: 900, margin: 0.02 });
deck.initialize();

for (const figure of document.querySelectorAll('any-slice')) {
  // Keys that are typed into a field of the figure are not meant for the slides.
  figure.addEventListener('keydown', (event) => event.stopPropagation());
  figure.setAttribute('data-prevent-swipe', '');
  // A slide is centred by its height, which the figure has when its sliders are there.
  new ResizeObserver(() => deck.isReady() && deck.layout()).observe(figure);
}
