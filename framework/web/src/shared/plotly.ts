import {empty, h} from './dom';
import {current_theme, on_theme, type theme, type_scale} from './palette';
import {when_printed} from './printing';
import {save_buttons} from './saving';
import {font_family, in_lines, shortened, text_width} from './text_room';
import {log_tick_texts, log_ticks, ticks} from './ticks';

/** What is used of Plotly. */
export interface trace {
  [key: string]: unknown;
}
export interface figure {
  data: trace[];
  layout: Record<string, unknown>;
  /** In pixels before the page's scale, if it is not the usual one. */
  height?: number;
  /** Below which it is scrolled, in pixels. */
  least_width?: number;
  /** Said in its place where there is nothing to draw. */
  nothing?: string;
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
  // There is room beyond both ends, but it is not known how much: what lies between them is sure to be on the axis.
  const sure = log_ticks(low, high, 12).filter((each) => each >= low && each <= high);
  const between = sure.length >= 3 ? log_ticks(low / 1.25, high * 1.25, 12) : ticks(low, high, 4);
  const tickvals = between.length > 0 ? between : [low];
  return {tickmode: 'array', tickvals, ticktext: log_tick_texts(tickvals)};
}

/** `room`: for its title, along it. */
function axis(colours: theme, data: trace[], name: string, own: Record<string, unknown>, room: number): object {
  const letter = name.startsWith('x') ? 'x' : 'y';
  const size = 13 * type_scale(), title = own['title'] as {text?: string} | undefined;
  return {
    gridcolor: colours.grid, linecolor: colours.grid, zeroline: false, automargin: true, ticks: 'outside',
    tickcolor: colours.grid, ticklen: 4, exponentformat: letter === 'x' && own['type'] !== 'log' ? 'none' : 'power',
    separatethousands: true, tickfont: {size: 12 * type_scale()}, ...(own['type'] === 'log' ? log_axis(data, letter) : {}), ...own,
    title: {...title, ...(title?.text ? {text: in_lines(title.text, room, size).join('<br>')} : {}), font: {size}},
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

/** Beside the text of an entry. */
const entry_extra = 48;

/** How much the rows of a legend after its first take of the height, and the names as they fit it. */
function legend_of(data: trace[], width: number, plot_width: number): {height: number; name(of: string): string} {
  const scale = type_scale(), size = 13 * scale, extra = entry_extra * scale;
  const name = (of: string) => shortened(of, width - extra, size);
  const entries = data.flatMap((each) => each['showlegend'] === false || !each['name'] ? [] : [text_width(name(String(each['name'])), size) + extra]);
  const in_a_row = Math.max(1, Math.floor(plot_width / Math.max(0, ...entries)));
  const rows = entries.reduce((a, b) => a + b, 0) <= plot_width ? 1 : Math.ceil(entries.length / in_a_row);
  return {height: entries.length > 1 ? 20 * scale * (rows - 1) : 0, name};
}

interface dress {
  data: trace[];
  layout: Record<string, unknown>;
  /** In pixels. */
  height: number;
}

function dressed(wanted: figure, usual_height: number, width: number): dress {
  const colours = current_theme();
  const layout = wanted.layout;
  const scale = type_scale();
  const margin = {l: 56 * scale, r: 24 * scale, t: 10, b: 44 * scale, ...layout['margin'] as object | undefined};
  const plot_width = width - margin.l - margin.r;
  const legend = legend_of(wanted.data, width, plot_width);
  const height = (wanted.height ?? usual_height) * scale + legend.height;
  const plot_height = height - legend.height - margin.t - margin.b - 20 * scale;
  const room = (name: string, own: Record<string, unknown>) => {
    const [from, to] = (own['domain'] ?? [0, 1]) as [number, number];
    return (to - from) * (name.startsWith('x') ? plot_width : plot_height);
  };
  const axes = Object.fromEntries(
      Object.entries({xaxis: {}, yaxis: {}, ...layout})
          .filter(([name]) => /^[xy]axis\d*$/.test(name))
          .map(([name, own]) => [name, axis(colours, wanted.data, name, own as Record<string, unknown>, room(name, own as Record<string, unknown>))]));
  // Plotly takes entries without a group for one group, whose entries stand below each other.
  const has_groups = wanted.data.some((each) => each['legendgroup'] !== undefined);
  const data = wanted.data.map((each) => scaled(each['name'] === undefined ? each : {...each, name: legend.name(String(each['name']))}));
  return {data, height, layout: {
    separators: '.,', hovermode: 'x unified', paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)', font: {family: font_family, size: 13 * scale, color: colours.text},
    legend: {orientation: 'h', traceorder: has_groups ? 'grouped' : 'normal', tracegroupgap: 0, x: 0, y: 1.02, yanchor: 'bottom', font: {color: colours.text}},
    modebar: {bgcolor: 'rgba(0,0,0,0)', color: colours.muted, activecolor: colours.text},
    hoverlabel: {bgcolor: colours.paper, bordercolor: colours.grid, font: {color: colours.text, family: font_family}},
    ...layout, ...axes, margin, width, height,
  }};
}

/** Whether a trace has a point with a place; other kinds than those with x and y always do. */
function has_points({data, layout}: figure): boolean {
  const is_placed = (value: unknown, letter: 'x' | 'y') => typeof value === 'string' ||
      typeof value === 'number' && Number.isFinite(value) && (value > 0 || (layout[`${letter}axis`] as {type?: string} | undefined)?.type !== 'log');
  return data.some(({x, y}) => !Array.isArray(x) || !Array.isArray(y) || x.some((each, i) => is_placed(each, 'x') && is_placed(y[i], 'y')));
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
 * and again when the page's colours or width change. `build` gets its width; `on_click` the place of the point that was clicked.
 */
export function chart(label: string, height: number, build: (width: number) => figure, on_click?: (x: unknown) => void): chart {
  const plot = h('div', {class: 'chart', role: 'figure', 'aria-label': label, style: `min-height:${height * type_scale()}px`});
  const instead = empty('');
  instead.hidden = true;
  let drawn = false, listens = false;
  const draw = () => {
    plot.hidden = false;
    drawn = true;
    if (plot.clientWidth === 0) return;  // on a tab that is hidden: drawn when it has a width
    const wanted = build(plot.clientWidth);
    const has_nothing = wanted.nothing !== undefined && !has_points(wanted);
    plot.hidden = saving.hidden = has_nothing;
    instead.hidden = !has_nothing;
    instead.textContent = wanted.nothing ?? '';
    if (!has_nothing) {
      const is_wide = (wanted.least_width ?? 0) > plot.clientWidth;
      plot.classList.toggle('wide', is_wide);
      if (is_wide) plot.tabIndex = 0;
      const {data, layout, height: tall} = dressed(wanted, height, Math.max(plot.clientWidth, wanted.least_width ?? 0));
      plot.style.minHeight = `${tall}px`;
      void window.Plotly.react(plot, data, layout, config);
      if (on_click && !listens) (plot as unknown as clickable).on('plotly_click', ({points}) => on_click(points[0]?.x));
      listens = true;
    }
  };
  const update = () => {
    if (drawn) draw();
  };
  const image = (format: 'png' | 'svg') => {
    if (!drawn) draw();
    const {data, layout} = plot as unknown as figure;
    return window.Plotly.toImage({data, layout: {...layout, paper_bgcolor: current_theme().paper}},
                                 {format, width: Number(layout['width']), height: Number(layout['height']), scale: format === 'png' ? 2 : 1});
  };
  const saving = save_buttons(label, {
    png: () => image('png'), svg: () => image('svg'), table: () => table_of(build(plot.clientWidth).data),
  });
  const element = h('div', {class: 'figure'}, plot, instead, saving);
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
