// Light and dark: the system's choice, until the reader makes another.

const KEY = 'anyslice-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function startTheme(button: HTMLButtonElement, onChange: () => void): void {
  const chosen = read();
  if (chosen) document.documentElement.dataset['theme'] = chosen;
  const label = () => {
    const next = isDark() ? 'light' : 'dark';
    button.textContent = next === 'dark' ? 'Dark' : 'Light';
    button.setAttribute('aria-label', `Switch to ${next} colours`);
  };
  label();
  button.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    write(next);
    label();
    onChange();
  });
  dark.addEventListener('change', () => {
    label();
    onChange();
  });
  // Print is always on white.
  matchMedia('print').addEventListener('change', onChange);
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : dark.matches;
}

// Storage may be forbidden; the choice then lasts as long as the page.
function read(): string | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null;
  }
}

function write(value: string): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Nothing to do.
  }
}
