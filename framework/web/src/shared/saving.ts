import {h} from './dom';

/** What a figure can be saved as. */
export interface savable {
  png(): Promise<string>;
  svg(): Promise<string>;
  /** A row of names, then rows of values. */
  table(): (string | number | null)[][];
}

function csv_of(rows: (string | number | null)[][]): string {
  const cell = (value: string | number | null) => {
    const text = String(value ?? '');
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function download(name: string, url: string): void {
  h('a', {href: url, download: name}).click();
}

export function text_url(text: string, type: string): string {
  return URL.createObjectURL(new Blob([text], {type}));
}

/** Buttons that save a figure as it is shown. The page sends nothing anywhere. */
export function save_buttons(label: string, of: savable): HTMLElement {
  const name = label.replace(/[^\p{L}\p{N}]+/gu, '-');
  const button = (format: string, url: () => Promise<string>) => {
    const made = h('button', {type: 'button', class: 'quiet', title: `Save as ${format}`, 'aria-label': `Save ${label} as ${format}`}, format);
    made.addEventListener('click', () => void url().then((each) => download(`${name}.${format.toLowerCase()}`, each)));
    return made;
  };
  return h('div', {class: 'save'}, button('PNG', () => of.png()), button('SVG', () => of.svg()),
           button('CSV', () => Promise.resolve(text_url(csv_of(of.table()), 'text/csv'))));
}
