// A panel over the page that a button opens, also in browsers without popovers (Safari before 17, Firefox before 125):
// there the button alone shows it and hides it again.

export const KNOWS_POPOVERS = 'showPopover' in HTMLElement.prototype;

export class Popover {
  /** `onOpen`: before it is seen; `onShown`: when it has a size. */
  constructor(
    private readonly opener: HTMLButtonElement,
    private readonly panel: HTMLElement,
    private readonly onOpen: () => void,
    private readonly onShown: () => void,
  ) {
    opener.setAttribute('aria-expanded', 'false');
    if (!KNOWS_POPOVERS) {
      panel.hidden = true;
      opener.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
      return;
    }
    panel.setAttribute('popover', 'auto');
    opener.setAttribute('popovertarget', panel.id);
    panel.addEventListener('beforetoggle', (event) => this.turn((event as ToggleEvent).newState === 'open'));
    panel.addEventListener('toggle', (event) => {
      if ((event as ToggleEvent).newState === 'open') onShown();
    });
  }

  get isOpen(): boolean {
    return KNOWS_POPOVERS ? this.panel.matches(':popover-open') : !this.panel.hidden;
  }

  open(): void {
    if (this.isOpen) return;
    if (KNOWS_POPOVERS) {
      this.panel.showPopover();
      return;
    }
    this.turn(true);
    this.panel.hidden = false;
    this.onShown();
  }

  close(): void {
    if (!this.isOpen) return;
    if (KNOWS_POPOVERS) {
      this.panel.hidePopover();
      return;
    }
    this.panel.hidden = true;
    this.turn(false);
  }

  private turn(open: boolean): void {
    this.opener.setAttribute('aria-expanded', String(open));
    if (open) this.onOpen();
  }
}
