/**
 * Colours that stay apart for colour-blind eyes (after Okabe & Ito 2008), made darker on white and lighter on black
 * until lines have a contrast of 3 : 1; and since eight lines need more than colours, dashes and markers.
 */

export interface ink {
  colour: string;
  /** As Plotly names it. */
  dash: string;
  /** Lengths for a canvas, in multiples of the line's width. */
  dashes: number[];
  marker: string;
}

const on_light = ['#0072b2', '#d55e00', '#008a64', '#b0508c', '#8a6d00', '#2b2b2b', '#6a51c7', '#3f7f93'];
const on_dark = ['#56b4f0', '#ff8c42', '#3ad6a0', '#f29acb', '#e8c547', '#e6e6e6', '#b3a1ff', '#7fd3e6'];
const dashes: [string, number[]][] = [
  ['solid', []], ['dash', [5, 2.5]], ['dot', [1.2, 1.8]], ['dashdot', [6, 2, 1.2, 2]], ['longdash', [9, 3]],
  ['longdashdot', [9, 2, 1.2, 2]],
];
const markers = ['circle', 'square', 'diamond', 'cross', 'triangle-up', 'star', 'x', 'hexagon'];

export interface theme {
  dark: boolean;
  text: string;
  muted: string;
  grid: string;
  paper: string;
}

export function ink_of(index: number): ink {
  const colours = current_theme().dark ? on_dark : on_light;
  const [dash, lengths] = dashes[index % dashes.length]!;
  return {
    colour: colours[index % colours.length]!,
    dash, dashes: lengths,
    marker: markers[index % markers.length]!,
  };
}

export function faded(colour: string, opacity: number): string {
  const part = (from: number) => parseInt(colour.slice(from, from + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${opacity})`;
}

export function current_theme(): theme {
  const chosen = document.documentElement.dataset['theme'];
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return dark ? {dark, text: '#e7eaf0', muted: '#9aa4b2', grid: '#2c333e', paper: '#171b22'}
              : {dark, text: '#1b2027', muted: '#5d6775', grid: '#e3e7ed', paper: '#ffffff'};
}

/** How much larger than usual the page's type is, on very large screens, in twentieths; what is drawn in pixels grows alike. */
export function type_scale(): number {
  return Math.max(1, Math.round(20 * parseFloat(getComputedStyle(document.documentElement).fontSize) / 15.5) / 20);
}

export function canvas_font(): string {
  return `${Math.round(12 * type_scale())}px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
}

const theme_event = 'ravine-theme';

/** Calls when light becomes dark or dark light, while the element is on the page. */
export function on_theme(owner: Element, listener: () => void): void {
  owner.setAttribute('data-themed', '');
  owner.addEventListener(theme_event, listener);
}

function notify(): void {
  for (const each of document.querySelectorAll('[data-themed]')) each.dispatchEvent(new Event(theme_event));
}

/** Undefined: as the system has it. */
export function set_theme(name: string | undefined): void {
  if (name === undefined) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = name;
  notify();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', notify);

/** The button that turns the page from light to dark and back. */
export function theme_button(): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  const show = () => {
    button.textContent = current_theme().dark ? 'Light' : 'Dark';
    button.title = `Show the page in ${current_theme().dark ? 'light' : 'dark'} colours`;
  };
  button.addEventListener('click', () => {
    set_theme(current_theme().dark ? 'light' : 'dark');
    show();
  });
  show();
  return button;
}
