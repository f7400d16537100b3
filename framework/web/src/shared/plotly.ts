import {h} from './dom';
import {current_theme, on_theme, type theme, type_scale} from './palette';
import {when_printed} from './printing';
import {save_buttons} from './saving';
import {log_tick_texts, log_ticks} from './ticks';

/** What is used of Plotly. */
export interface trace {
  [key: string]: unknown;
}
export interface figure {
  data: trace[];
  layout: Record<string, unknown>;
}
/** An element that Plotly has drawn in. */
interface clickable {
  on(event: 'plotly_click', act: (of: {points: {x: unknown}[]}) => void): void;
}
interface plotly {
  react(target: HTMLElement, data: trace[], layout: object, config: object): Promise<unknown>;
  purge(target: HTMLElement): void;
  toImage(of: object, how: {format: 'png' | 'svg'; width: number; height: number; scale: number}): Promise<string>;
}

declare global {
  interface Window {
    Plotly: plotly;
  }
}

const font = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The least and the greatest positive number of a column of all traces. */
function positive_range(data: trace[], column: 'x' | 'y'): [number, number] {
  let low = Infinity, high = 0;
  for (const each of data) {
    for (const value of Array.isArray(each[column]) ? each[column] as unknown[] : []) {
      if (typeof value !== 'number' || !(value > 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

/** Plotly itself writes small digits between powers of ten, which say little. */
function log_axis(data: trace[], letter: 'x' | 'y'): object {
  const [low, high] = positive_range(data, letter);
  if (!(high > 0)) return {};
  // Powers are written a quarter larger than other ticks.
  if (high / low >= 1e3) return {dtick: Math.ceil(Math.log10(high / low) / 8), tickfont: {size: 12 / 1.25 * type_scale()}};
  const tickvals = log_ticks(low / 1.25, high * 1.25, 12);  // there is room beyond both ends
  return {tickmode: 'array', tickvals, ticktext: log_tick_texts(tickvals)};
}

function axis(colours: theme, data: trace[], name: string, own: Record<string, unknown>): object {
  const letter = name.startsWith('x') ? 'x' : 'y';
  return {
    gridcolor: colours.grid, linecolor: colours.grid, zeroline: false, automargin: true, ticks: 'outside',
    tickcolor: colours.grid, ticklen: 4, exponentformat: letter === 'x' && own['type'] !== 'log' ? 'none' : 'power',
    separatethousands: false, tickfont: {size: 12 * type_scale()}, ...(own['type'] === 'log' ? log_axis(data, letter) : {}), ...own,
    title: {...own['title'] as object | undefined, font: {size: 13 * type_scale()}},
  };
}

/** With lines and marks that grow as the type does. */
function scaled(of: trace): trace {
  const scale = type_scale();
  const line = of['line'] as {width?: number} | undefined, marker = of['marker'] as {size?: number | number[]} | undefined;
  if (scale === 1) return of;
  const size = Array.isArray(marker?.size) ? marker.size.map((each) => each * scale) : marker?.size && marker.size * scale;
  return {...of, ...(line?.width ? {line: {...line, width: line.width * scale}} : {}), ...(size ? {marker: {...marker, size}} : {})};
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
    separators: '.', height: height * scale, margin: {l: 56 * scale, r: 24 * scale, t: 10, b: 44 * scale}, hovermode: 'x unified', paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)', font: {family: font, size: 13 * scale, color: colours.text},
    legend: {orientation: 'h', traceorder: 'grouped', x: 0, y: 1.02, yanchor: 'bottom', font: {color: colours.text}},
    modebar: {bgcolor: 'rgba(0,0,0,0)', color: colours.muted, activecolor: colours.text},
    hoverlabel: {bgcolor: colours.paper, bordercolor: colours.grid, font: {color: colours.text, family: font}},
    ...layout, ...axes,
  };
}

/** Nothing on a page sends what it shows anywhere: Plotly's own button that does is left out. */
const config = {
  responsive: false, displaylogo: false, displayModeBar: 'hover', showSendToCloud: false, plotlyServerURL: '',
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'toImage'],
};

type cell = string | number | null;

/** Everything that is drawn, a row a point; of parallel coordinates a row a line. */
function table_of(data: trace[]): cell[][] {
  const dimensions = data[0]?.['dimensions'] as {label: string; values: cell[]}[] | undefined;
  if (dimensions) {
    const rows = dimensions[0]?.values.map((_, i) => dimensions.map((each) => each.values[i] ?? null)) ?? [];
    return [dimensions.map((each) => each.label), ...rows];
  }
  return [['series', 'x', 'y'], ...data.flatMap((each) => {
    const [x, y] = [each['x'], each['y']] as [cell[] | undefined, cell[] | undefined];
    return (x ?? []).map((value, i) => [String(each['name'] ?? ''), value, y?.[i] ?? null]);
  })];
}

/** Tables, text and canvases are on the page before Plotly, which takes longer to read than all else. */
function when_there(draw: () => void): void {
  if ('Plotly' in window) draw();
  else addEventListener('load', draw, {once: true});
}

export interface chart {
  element: HTMLElement;
  /** Draws again, as `build` now says. */
  update(): void;
  /** Frees what the browser keeps for it. */
  remove(): void;
}

/**
 * A figure whose place on the page has its height from the beginning, that is drawn when it comes near the window,
 * and again when the page's colours or width change. `on_click` gets the place of the point that was clicked.
 */
export function chart(label: string, height: number, build: () => figure, on_click?: (x: unknown) => void): chart {
  const plot = h('div', {class: 'chart', role: 'figure', 'aria-label': label, style: `min-height:${height * type_scale()}px`});
  let drawn = false;
  const draw = () => {
    const wanted = build();
    void window.Plotly.react(plot, wanted.data.map(scaled), {...dressed(wanted, height), width: plot.clientWidth || undefined}, config);
    if (on_click && !drawn) (plot as unknown as clickable).on('plotly_click', ({points}) => on_click(points[0]?.x));
    drawn = true;
  };
  const update = () => {
    if (drawn) draw();
  };
  const image = (format: 'png' | 'svg') => {
    if (!drawn) draw();
    const {data, layout} = plot as unknown as figure;
    return window.Plotly.toImage({data, layout: {...layout, paper_bgcolor: current_theme().paper}},
                                 {format, width: plot.clientWidth, height: plot.clientHeight, scale: format === 'png' ? 2 : 1});
  };
  const element = h('div', {class: 'figure'}, plot, save_buttons(label, {
    png: () => image('png'), svg: () => image('svg'), table: () => table_of(build().data),
  }));
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    near.disconnect();
    when_there(() => {
      if (!drawn) draw();
    });
  }, {rootMargin: '400px'});
  near.observe(plot);
  let width = 0;
  new ResizeObserver(() => {
    if (drawn && plot.clientWidth !== width && plot.clientWidth > 0) draw();
    width = plot.clientWidth;
  }).observe(plot);
  on_theme(plot, update);
  when_printed(plot, draw);
  return {element, update, remove: () => window.Plotly.purge(plot)};
}
