import {h} from './dom';
import {current_theme, on_theme, type theme, type_scale} from './palette';

/** What is used of Plotly. */
export interface trace {
  [key: string]: unknown;
}
export interface figure {
  data: trace[];
  layout: Record<string, unknown>;
}
interface plotly {
  react(target: HTMLElement, data: trace[], layout: object, config: object): Promise<unknown>;
  purge(target: HTMLElement): void;
  downloadImage(of: object, how: {format: 'png' | 'svg'; filename: string; width: number; height: number; scale: number}): Promise<unknown>;
  Icons: Record<'camera' | 'disk', object>;
  Plots: {resize(target: HTMLElement): void};
}

declare global {
  interface Window {
    Plotly: plotly;
  }
}

const font = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Decades between the least and the greatest positive number of a column of all traces. */
function decades(data: trace[], column: 'x' | 'y'): number {
  let low = Infinity, high = 0;
  for (const each of data) {
    for (const value of Array.isArray(each[column]) ? each[column] as unknown[] : []) {
      if (typeof value !== 'number' || !(value > 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return high > 0 ? Math.log10(high / low) : 0;
}

function axis(colours: theme, data: trace[], name: string, own: Record<string, unknown>): object {
  const letter = name.startsWith('x') ? 'x' : 'y';
  // Between few decades 1, 2 and 5 are named, between many only some of the powers.
  const log = own['type'] === 'log' && decades(data, letter) < 3 ? {dtick: 'D2'} : {};
  return {
    gridcolor: colours.grid, linecolor: colours.grid, zeroline: false, automargin: true, ticks: 'outside',
    tickcolor: colours.grid, ticklen: 4, exponentformat: letter === 'x' && own['type'] !== 'log' ? 'none' : 'power',
    separatethousands: false, ...log, ...own,
  };
}

function dressed(wanted: figure, height: number): object {
  const colours = current_theme();
  const layout = wanted.layout;
  const scale = type_scale();
  const axes = Object.fromEntries(
      Object.entries({xaxis: {}, yaxis: {}, ...layout})
          .filter(([name]) => /^[xy]axis\d*$/.test(name))
          .map(([name, own]) => [name, axis(colours, wanted.data, name, own as Record<string, unknown>)]));
  return {
    height: height * scale, margin: {l: 56 * scale, r: 12, t: 10, b: 44 * scale}, hovermode: 'x unified', paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)', font: {family: font, size: 13 * scale, color: colours.text},
    legend: {orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', font: {color: colours.text}},
    hoverlabel: {bgcolor: colours.paper, bordercolor: colours.grid, font: {color: colours.text, family: font}},
    ...layout, ...axes,
  };
}

/** A button above a figure that saves it as it is shown, on the page's background. */
function download_button(label: string, format: 'png' | 'svg'): object {
  return {
    name: `download-${format}`, title: `Download as ${format.toUpperCase()}`,
    icon: window.Plotly.Icons[format === 'png' ? 'camera' : 'disk'],
    click: (shown: HTMLElement & figure) => void window.Plotly.downloadImage(
        {data: shown.data, layout: {...shown.layout, paper_bgcolor: current_theme().paper}},
        {format, filename: label.replace(/[^\p{L}\p{N}]+/gu, '-'), width: shown.clientWidth, height: shown.clientHeight,
         scale: format === 'png' ? 2 : 1}),
  };
}

/** Nothing on a page sends what it shows anywhere: Plotly's own button that does is left out. */
function config(label: string): object {
  return {
    responsive: false, displaylogo: false, displayModeBar: 'hover', showSendToCloud: false, plotlyServerURL: '',
    modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'toImage'],  // toImage: without the background
    modeBarButtonsToAdd: [download_button(label, 'png'), download_button(label, 'svg')],
  };
}

export interface chart {
  element: HTMLElement;
  /** Draws again, as `build` now says. */
  update(): void;
}

/**
 * A figure whose place on the page has its height from the beginning, that is drawn when it comes near the window,
 * and again when the page's colours or width change.
 */
export function chart(label: string, height: number, build: () => figure): chart {
  const element = h('div', {class: 'chart', role: 'img', 'aria-label': label, style: `min-height:${height * type_scale()}px`});
  let drawn = false;
  let kept: object | null = null;  // for another one, equal or not, Plotly draws all anew
  const draw = () => {
    const wanted = build();
    kept ??= config(label);
    void window.Plotly.react(element, wanted.data, dressed(wanted, height), kept);
    drawn = true;
  };
  const update = () => {
    if (drawn) draw();
  };
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    near.disconnect();
    draw();
  }, {rootMargin: '400px'});
  near.observe(element);
  let width = 0;
  new ResizeObserver(() => {
    if (drawn && element.clientWidth !== width && element.clientWidth > 0) window.Plotly.Plots.resize(element);
    width = element.clientWidth;
  }).observe(element);
  on_theme(element, update);
  return {element, update};
}
