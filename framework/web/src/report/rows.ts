import {type_scale} from '../shared/palette';
import {as_text, shortened, text_width} from '../shared/text_room';

const size = 12, gap = 18;
/** Of a figure's width that names may take from what it shows. */
const most_beside = 0.4;
/** Pixels that a row with its name above it is higher. */
const above = 18;

/** How a figure with a row for each of some names is laid out. */
export interface rows {
  /** Of all rows, in pixels before the page's scale. */
  height: number;
  axis: object;
  margin: {l: number};
  annotations: object[];
}

/** The first at the top. Names stand beside their rows, or above them where they would take too much of the width. */
export function rows(names: string[], width: number, row_height: number): rows {
  const scale = type_scale(), pixels = size * scale;
  const longest = Math.max(0, ...names.map((each) => text_width(each, pixels)));
  const axis = {type: 'category', categoryarray: names, range: [names.length - 0.5, -0.5], tickmode: 'array', tickvals: names, automargin: false};
  if (longest + gap * scale <= most_beside * width) {
    return {height: row_height * names.length, axis: {...axis, ticktext: names.map(as_text)}, margin: {l: longest + gap * scale}, annotations: []};
  }
  const margin = {l: gap * scale};
  const room = width - margin.l - 4;
  const height = row_height + above;
  return {
    height: height * names.length, margin, axis: {...axis, showticklabels: false, ticks: ''},
    annotations: names.map((each) => ({
      text: as_text(shortened(each, room, pixels)), xref: 'paper', x: 0, xanchor: 'left', y: each, yshift: (height / 2 - 8) * scale,
      yanchor: 'middle', showarrow: false, borderpad: 0, font: {size: pixels},
    })),
  };
}
