import {set_theme} from './palette';

/**
 * A print shows everything: what is drawn only when it comes near the window, what is folded, and on light ground.
 * The page takes the width of the paper first, so that figures fit it.
 */

const draw_event = 'ravine-draw';

/** Calls before the page is printed, if the element is on the page. */
export function when_printed(owner: Element, draw: () => void): void {
  owner.setAttribute('data-printed', '');
  owner.addEventListener(draw_event, draw);
}

function draw_all(): void {
  for (const each of document.querySelectorAll('[data-printed]')) each.dispatchEvent(new Event(draw_event));
}

/** Makes tables that are wider than the paper smaller: a browser would shrink all pages instead. Answers what undoes it. */
function fit_tables(): () => void {
  const wide = [...document.querySelectorAll<HTMLElement>('.scroll > table')].flatMap((table) => {
    const share = table.parentElement!.clientWidth / table.offsetWidth;
    return share < 1 ? [[table, share] as const] : [];
  });
  for (const [table, share] of wide) table.style.setProperty('zoom', String(share));
  return () => wide.forEach(([table]) => table.style.removeProperty('zoom'));
}

let show_all: () => () => void = () => () => undefined;
let restore = () => {};

/** `show` puts everything on the page; what it answers takes it away again. There is one such page at a time. */
export function print_everything(owner: Element, show: () => () => void): void {
  show_all = () => owner.isConnected ? show() : () => undefined;
}

addEventListener('beforeprint', () => {
  const root = document.documentElement;
  const theme = root.dataset['theme'];
  set_theme('light');
  root.classList.add('printing');
  const take_away = show_all();
  const folded = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
  for (const each of folded) each.open = true;
  draw_all();
  const unfit = fit_tables();
  restore = () => {
    unfit();
    root.classList.remove('printing');
    set_theme(theme);
    for (const each of folded) each.open = false;
    take_away();  // what stays is drawn again since it has another width
  };
});
addEventListener('afterprint', () => {
  restore();
  restore = () => {};
});
