// Menus that hang from a button: they close when something in them is chosen, by Escape, and by a click elsewhere.

export function startMenus(): void {
  const menus = () => [...document.querySelectorAll<HTMLDetailsElement>('details.menu')];
  addEventListener('click', ({ target }) => {
    for (const menu of menus()) {
      const inside = target instanceof Element && menu.contains(target);
      if (!inside || target.closest('button')) menu.open = false;
    }
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of menus().filter(({ open }) => open)) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  });
}
