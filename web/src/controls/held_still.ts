// While a finger drags a slider, what stands above the settings on a narrow page keeps its height: words that come and go
// there would move the slider away from under the finger.

// As in frame.css: on a wider page the settings stand beside the rest.
const NARROW = '(max-width: 900px)';

/** `settings` holds the sliders, `above` are the parts before it whose heights may change. */
export function holdStill(settings: HTMLElement, above: HTMLElement[]): void {
  let finger: number | null = null;
  const release = () => {
    finger = null;
    for (const part of above) part.style.height = part.style.overflow = '';
  };
  settings.addEventListener('pointerdown', ({ target, pointerId }) => {
    if (
      finger !== null ||
      !(target instanceof HTMLInputElement) ||
      target.type !== 'range' ||
      !matchMedia(NARROW).matches
    )
      return;
    finger = pointerId;
    for (const part of above) {
      part.style.height = `${part.getBoundingClientRect().height}px`;
      part.style.overflow = 'clip';
    }
  });
  for (const end of ['pointerup', 'pointercancel'])
    addEventListener(end, (event) => (event as PointerEvent).pointerId === finger && release());
  addEventListener('blur', release);
}
