/** How much room a text of a figure takes, and what is done where there is less. Lengths are in pixels. */

export const font_family = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

let pen: CanvasRenderingContext2D | null = null;

export function text_width(text: string, size: number): number {
  pen ??= document.createElement('canvas').getContext('2d')!;
  pen.font = `${size}px ${font_family}`;
  return pen.measureText(text).width;
}

/** Without its middle where it is too long: names of a comparison often differ at their ends alone. */
export function shortened(text: string, room: number, size: number): string {
  if (text_width(text, size) <= room) return text;
  const all = [...text];
  let low = 1, high = all.length;  // characters that are kept
  while (low < high) {
    const kept = Math.ceil((low + high) / 2);
    if (text_width(without_middle(all, kept), size) <= room) low = kept;
    else high = kept - 1;
  }
  return without_middle(all, low);
}

function without_middle(all: string[], kept: number): string {
  const first = Math.ceil(kept / 2);
  return `${all.slice(0, first).join('').trimEnd()}…${all.slice(all.length - (kept - first)).join('').trimStart()}`;
}

/** Broken after spaces and underscores; a part that is too long for a line is shortened. */
export function in_lines(text: string, room: number, size: number): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=[ _])/)) {
    const longer = (lines.at(-1) ?? '') + part;
    if (lines.length > 0 && text_width(longer.trimEnd(), size) <= room) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map((each) => shortened(each.trimEnd(), room, size));
}

/** Plotly reads tags in texts. */
export function as_text(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
