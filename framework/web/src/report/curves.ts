import type {curve, number_or_none, trial} from '../shared/document';
import {checkbox, field, h, select} from '../shared/dom';
import {metric_text} from '../shared/format';
import {faded, ink_of} from '../shared/palette';
import {chart, type trace} from '../shared/plotly';
import {as_text} from '../shared/text_room';
import type {line, shown_problem} from './lines';

type axis = 'step' | 'evaluations' | 'epochs' | 'seconds';

interface choice {
  metric: string;
  axis: axis;
  log: boolean;
  smoothing: number;
  every_repetition: boolean;
  every_point: boolean;
}

/** Exponentially weighted mean, without the bias of its beginning. */
export function smoothed(values: number_or_none[], weight: number): number_or_none[] {
  if (weight === 0) return values;
  let sum = 0, total = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

function middle(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export interface band {
  x: number[];
  median: number_or_none[];
  low: number_or_none[];
  high: number_or_none[];
}

/** Median, least and greatest over repetitions at each evaluation; of those that got that far. */
export function band_of(curves: {x: number[]; y: number_or_none[]}[]): band {
  const length = Math.max(0, ...curves.map((each) => each.x.length));
  const all: band = {x: [], median: [], low: [], high: []};
  for (let i = 0; i < length; ++i) {
    const places = curves.filter((each) => i < each.x.length).map((each) => each.x[i]!);
    const values = curves.map((each) => each.y[i]).filter((each): each is number => typeof each === 'number');
    all.x.push(middle(places));
    all.median.push(values.length ? middle(values) : null);
    all.low.push(values.length ? Math.min(...values) : null);
    all.high.push(values.length ? Math.max(...values) : null);
  }
  return all;
}

const of_curvature = ['hessian_eigenvalue', 'sam_sharpness', 'gradient_noise_scale', 'update_cosine'];

/** The rows of a curve where a metric is measured, if with a value that is not finite: the curvature has rows of its own. */
export function recorded(of: trial, against: axis, metric: string): {x: number[]; y: number_or_none[]} {
  const source: curve = of.curve;
  const values = source.metrics[metric] ?? [];
  const has_curvature = (i: number) => of_curvature.some((each) => (source.metrics[each]?.[i] ?? null) !== null);
  const wanted = of_curvature.includes(metric);
  const rows = values.flatMap((value, i) => value !== null || has_curvature(i) === wanted ? [i] : []);
  return {x: rows.map((i) => source[against][i]!), y: rows.map((i) => values[i] ?? null)};
}

function column(of: trial, choice: choice): {x: number[]; y: number_or_none[]} {
  const {x, y} = recorded(of, choice.axis, choice.metric);
  return {x, y: smoothed(y, choice.smoothing)};
}

function traces_of(each: line, choice: choice): trace[] {
  const label = choice.every_point ? each.label : each.name;
  const ink = ink_of(each.ink);
  const curves = each.trials.map((trial) => column(trial, choice)).filter((one) => one.y.some((y) => y !== null));
  if (curves.length === 0) return [];
  const line_style = {color: ink.colour, dash: ink.dash, width: 2.2};
  const hover = `%{y:.4g}<extra>${as_text(label)}</extra>`;
  if (choice.every_repetition) {
    return curves.map((one, i) => ({
      type: 'scatter', mode: 'lines', name: label, legendgroup: label, showlegend: i === 0, x: one.x, y: one.y,
      line: {...line_style, width: 1.4}, opacity: 0.75, hovertemplate: hover,
    }));
  }
  const band = band_of(curves);
  const edge = {type: 'scatter', mode: 'lines', x: band.x, line: {width: 0}, hoverinfo: 'skip', legendgroup: label,
                showlegend: false};
  const spread = curves.length > 1 ? [
    {...edge, name: `${label}, least`, y: band.low},
    {...edge, name: `${label}, greatest`, y: band.high, fill: 'tonexty', fillcolor: faded(ink.colour, 0.18)},
  ] : [];
  return [...spread, {
    type: 'scatter', mode: band.x.length > 40 ? 'lines' : 'lines+markers', name: label, legendgroup: label,
    x: band.x, y: band.median, line: line_style, marker: {symbol: ink.marker, size: 6, color: ink.colour},
    hovertemplate: hover,
  }];
}

/** What is recorded of any of these trials, most telling first. */
function metrics_of(lines: line[]): string[] {
  const found = new Set<string>();
  for (const each of lines) for (const trial of each.trials) for (const name of Object.keys(trial.curve.metrics)) found.add(name);
  const order = ['loss', 'validation_loss', 'validation_accuracy', 'train_loss', 'test_accuracy', 'test_loss'];
  const rank = (name: string) => (order.indexOf(name) + 1) || order.length + 1;
  return [...found].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Whether a metric is shown on a logarithmic axis unless asked otherwise: one that spans decades and has no sign. */
function spans_decades(lines: line[], metric: string): boolean {
  const values = lines.flatMap((each) => each.trials.flatMap((trial) => trial.curve.metrics[metric] ?? []));
  return /loss|norm|gap/.test(metric) && values.some((value) => value !== null && value > 0) &&
         values.every((value) => value === null || value >= 0);
}

/** Training curves: a line and a band for each optimizer, and what may be chosen of them. */
export function curves(of: shown_problem, ground: 'all' | 'schedules' = 'all'): HTMLElement {
  const metrics = metrics_of(of.chosen).filter((name) => ground === 'all' || name.startsWith('value.'));
  const axes: axis[] = of.own.landscape ? ['step', 'evaluations', 'seconds'] : ['epochs', 'step', 'evaluations', 'seconds'];
  const choice: choice = {
    metric: metrics[0] ?? '', axis: axes[0]!, log: ground === 'all' && spans_decades(of.chosen, metrics[0] ?? ''), smoothing: 0,
    every_repetition: false, every_point: false,
  };
  const figure = chart(`Training curves of ${of.summary.problem}`, 420, () => ({
    data: (choice.every_point ? of.all : of.chosen).flatMap((each) => traces_of(each, choice)),
    nothing: `No evaluation has a ${metric_text(choice.metric)} that is ${choice.log ? 'finite and above 0' : 'finite'}.`,
    layout: {
      xaxis: {title: {text: choice.axis}, rangemode: 'tozero'},
      yaxis: {title: {text: metric_text(choice.metric)}, type: choice.log ? 'log' : 'linear'},
    },
  }));
  const change = <key extends keyof choice>(key: key) => (value: choice[key]) => {
    choice[key] = value;
    figure.update();
  };
  const log = checkbox('logarithmic', choice.log, change('log'));
  const smoothing = h('input', {type: 'range', min: 0, max: 0.98, step: 0.02, value: 0});
  smoothing.addEventListener('input', () => change('smoothing')(Number(smoothing.value)));
  const pick_metric = (metric: string) => {
    choice.metric = metric;
    choice.log = ground === 'all' && spans_decades(of.chosen, metric);
    log.querySelector('input')!.checked = choice.log;
    figure.update();
  };
  return h('div', {},
    h('div', {class: 'controls'},
      field('metric', select(metrics.map((name) => [name, metric_text(name)]), choice.metric, pick_metric)),
      field('against', select(axes.map((name) => [name, name]), choice.axis, (value) => change('axis')(value as axis))),
      log, ground === 'all' && field('smoothing', smoothing),
      checkbox('every repetition', false, change('every_repetition')),
      of.all.length > of.chosen.length && checkbox('every search point', false, change('every_point'))),
    figure.element);
}

/** Whether some hyperparameter changed while these were trained. */
export function has_schedules(of: shown_problem): boolean {
  return of.chosen.some((each) => each.trials.some((trial) => Object.entries(trial.curve.metrics).some(
      ([name, values]) => name.startsWith('value.') && new Set(values.filter((value) => value !== null)).size > 1)));
}
