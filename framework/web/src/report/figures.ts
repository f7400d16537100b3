import {empty, h} from '../shared/dom';
import {higher_is_better, type number_or_none, type report_document, type runtime_summary, type setting, type step_distribution} from '../shared/document';
import {count_text, counted, metric_text, number_text, score_text} from '../shared/format';
import {current_theme, faded, ink_of, type_scale} from '../shared/palette';
import {chart, type trace} from '../shared/plotly';
import {in_lines} from '../shared/text_room';
import {inks, type line, type shown_problem} from './lines';
import {rows} from './rows';

/** How near the nearest came, where nobody met the target. */
function nobody_text(of: shown_problem, metric: string, target: string): string {
  const better = (a: number, b: number) => higher_is_better(metric) ? a > b : a < b;
  let nearest: {name: string; best: number} | null = null;
  for (const each of of.chosen) {
    const best = each.summary.scores[metric]?.best ?? null;
    if (best !== null && (!nearest || better(best, nearest.best))) nearest = {name: each.name, best};
  }
  return `Nobody reached ${target}.${nearest ? ` The nearest is ${nearest.name}: ${score_text(nearest.best)} at best, by median.` : ''}`;
}

/** Time to target: a dot for each trial, and the expected running time as a line across. */
export function time_to_target(of: shown_problem): HTMLElement {
  const unit = of.own.landscape ? 'evaluations' : 'epochs';
  const [metric, value] = Object.entries(of.summary.target!)[0]!;
  const met = (each: number | null | undefined) =>
      each !== null && each !== undefined && (higher_is_better(metric) ? each >= value : each <= value);
  const target = `${metric_text(metric)} ${higher_is_better(metric) ? '≥' : '≤'} ${number_text(value)}`;
  return chart(`Time to target on ${of.summary.problem}`, 90 + 46 * of.chosen.length, (width) => {
    const {axis, margin, annotations, height} = rows(of.chosen.map((each) => each.name), width, 46);
    return {
      data: of.chosen.flatMap((each): trace[] => {
        const ink = ink_of(each.ink);
        const times = each.trials.map((trial) => {
          const row = (trial.curve.metrics[metric] ?? []).findIndex(met);
          return row < 0 ? null : trial.curve[unit][row]!;
        });
        const expected = each.summary.time_to_target?.[unit].expected ?? null;
        return [
          {type: 'scatter', mode: 'markers', x: times, y: times.map(() => each.name), showlegend: false,
           marker: {symbol: `${ink.marker}-open`, size: 10, color: ink.colour, line: {width: 2}},
           text: times.map((time) => count_text(time)), hovertemplate: `%{text} ${unit}<extra></extra>`},
          {type: 'scatter', mode: 'markers', x: [expected], y: [each.name], showlegend: false,
           marker: {symbol: 'line-ns', size: 26, line: {width: 3, color: ink.colour}},
           hovertemplate: `expected: ${count_text(expected)} ${unit}<extra></extra>`},
        ];
      }),
      height: 90 + height, nothing: nobody_text(of, metric, target),
      layout: {
        hovermode: 'closest', margin,
        xaxis: {title: {text: `${unit} to ${target}`}, rangemode: 'tozero'},
        yaxis: axis,
        annotations: [...annotations, ...of.chosen.flatMap((each) => each.summary.time_to_target?.reached !== 0 ? [] : [{
          x: 0, xref: 'paper', y: each.name, text: 'never reached', showarrow: false, xanchor: 'left', xshift: 8,
          font: {color: current_theme().muted},
        }])],
      },
    };
  }).element;
}

/** Least and greatest of any number of values: more than a call takes as arguments. */
function extent(values: number[]): [number, number] {
  return values.reduce(([least, greatest], value) => [Math.min(least, value), Math.max(greatest, value)], [Infinity, -Infinity]);
}

/** Marks as long as they can be told apart; thousands take a browser seconds. */
function mode_of(values: number_or_none[]): string {
  return values.length > 400 ? 'lines' : 'lines+markers';
}

/** Losses span decades, unless some are not above 0. */
function scale_of(metric: string, scores: number_or_none[]): 'log' | 'linear' {
  return !higher_is_better(metric) && scores.every((score) => score === null || score > 0) ? 'log' : 'linear';
}

/** Score against the value of one hyperparameter, a line for each optimizer that searched it. */
export function sensitivity(of: shown_problem, hyperparameter: string): HTMLElement {
  const shown = of.summary.sensitivities.filter((each) => each.hyperparameter === hyperparameter);
  const values = shown.flatMap((each) => each.values);
  const [least, greatest] = extent(values);
  const is_wide = least > 0 && greatest / least > 5;
  const metric = shown[0]!.metric;
  return chart(`Sensitivity to ${hyperparameter}`, 360, () => ({
    data: shown.map((each): trace => {
      const ink = ink_of(of.all.find((one) => one.summary.optimizer === each.optimizer)?.ink ?? 0);
      return {
        type: 'scatter', mode: mode_of(each.values), name: each.optimizer, x: each.values, y: each.scores,
        line: {color: ink.colour, dash: ink.dash, width: 2.2},
        marker: {symbol: ink.marker, color: ink.colour, size: each.values.map((value) => value === each.best ? 12 : 7)},
      };
    }),
    nothing: 'No value that was tried has a finite score: the trials failed.',
    layout: {
      xaxis: {title: {text: hyperparameter}, type: is_wide ? 'log' : 'linear'},
      yaxis: {title: {text: metric_text(metric)},
              type: scale_of(metric, shown.flatMap((each) => each.scores))},
    },
  })).element;
}

/** Expected best score against the number of search points. */
export function tuning_budget(of: shown_problem): HTMLElement {
  const shown = of.summary.tuning_budgets;
  const metric = shown[0]!.metric;
  return chart('Expected best score against search points', 320, () => ({
    data: shown.map((each): trace => {
      const ink = ink_of(of.all.find((one) => one.summary.optimizer === each.optimizer)?.ink ?? 0);
      return {type: 'scatter', mode: mode_of(each.expected_best), name: each.optimizer, x: each.expected_best.map((_, i) => i + 1),
              y: each.expected_best, line: {color: ink.colour, dash: ink.dash, width: 2.2},
              marker: {symbol: ink.marker, color: ink.colour, size: 7}};
    }),
    nothing: 'No search point has a finite score: the trials failed.',
    layout: {xaxis: {title: {text: 'search points tried'}, dtick: Math.max(1, Math.ceil(Math.max(...shown.map((each) => each.expected_best.length)) / 12))},
             yaxis: {title: {text: `expected best ${metric_text(metric)}`}, type: scale_of(metric, shown.flatMap((each) => each.expected_best))}},
  })).element;
}

interface dimension {
  label: string;
  values: number[];
  tickvals?: number[];
  ticktext?: string[];
}

function numeric_axis(label: string, values: (setting | number_or_none | undefined)[]): dimension {
  const numbers = values.map((value) => typeof value === 'number' ? value : null);
  if (numbers.every((value) => value !== null)) {
    const [least, greatest] = extent(numbers);
    const is_wide = least > 0 && greatest / least > 20;
    return is_wide ? {label: `log₁₀ ${label}`, values: numbers.map((value) => Math.log10(value))} : {label, values: numbers};
  }
  const names = [...new Set(values.map(String))];
  return {label, values: values.map((value) => names.indexOf(String(value))), tickvals: names.map((_, i) => i), ticktext: names};
}

/** Room beside the first and the last axis, the least between two, and the size of their titles; before the page's scale. */
const beside_axes = 60, least_between = 64, title_size = 12;

/** Each search point of an optimizer as a line through its hyperparameters and its score. */
export function parallel_coordinates(of: shown_problem, optimizer: string): HTMLElement {
  const metric = of.summary.selection_metric;
  const lines = of.all.filter((each) => each.summary.optimizer === optimizer && typeof each.summary.scores[metric]?.median === 'number');
  const scores = lines.map((each) => each.summary.scores[metric]!.median!);
  const names = [...new Set(lines.flatMap((each) => Object.keys(each.summary.point)))];
  const searched = of.all.filter((each) => each.summary.optimizer === optimizer).length;
  if (lines.length === 0) return empty(`None of ${counted(searched, 'search point')} of ${optimizer} has a finite score: the trials failed.`);
  const figure = chart(`Search points of ${optimizer}`, 340, (width) => {
    const ascending = [...scores].sort((a, b) => a - b);
    const place = new Map(ascending.map((score, i) => [score, i] as const).reverse());  // the first of equal ones
    const ranks = scores.map((score) => place.get(score)!);
    const axes = [...names.map((name) => numeric_axis(name, lines.map((each) => each.summary.point[name]))), numeric_axis(metric_text(metric), scores)];
    const scale = type_scale(), side = beside_axes * scale, size = title_size * scale;
    const least_width = 2 * side + least_between * scale * (axes.length - 1);
    const between = (Math.max(width, least_width) - 2 * side) / (axes.length - 1);
    const labels = axes.map((each) => in_lines(each.label, Math.min(between, 2 * side) - 8, size));
    return {
      least_width,
      data: [{
        type: 'parcoords', line: {color: ranks, colorscale: [[0, ink_of(1).colour], [1, ink_of(0).colour]], reversescale: !higher_is_better(metric)},
        labelfont: {color: current_theme().text, size}, tickfont: {color: current_theme().muted}, rangefont: {color: 'rgba(0,0,0,0)'},
        dimensions: axes.map((each, i) => ({...each, label: labels[i]!.join('<br>')})),
      }],
      layout: {margin: {l: side, r: side, t: 32 + 16 * scale * Math.max(...labels.map((each) => each.length)), b: 24}},
    };
  }).element;
  const failed = searched - lines.length;
  return failed === 0 ? figure : h('div', {}, figure,
    h('p', {class: 'hint'}, `${counted(failed, 'search point')} without a finite score ${failed === 1 ? 'is' : 'are'} not drawn.`));
}

/** Optimizer state, with scratch paler beside it, and time of a step, as bars. */
export function cost_bars(of: shown_problem): HTMLElement {
  const bar = (each: line[], value: (of: line) => number_or_none, axes: string, of_what = '', strength = 0.75): trace => ({
    type: 'bar', orientation: 'h', y: each.map((one) => one.name), x: each.map(value), showlegend: false,
    xaxis: axes === '' ? 'x' : 'x2', yaxis: axes === '' ? 'y' : 'y2',
    marker: {color: each.map((one) => faded(ink_of(one.ink).colour, strength)), line: {color: each.map((one) => ink_of(one.ink).colour), width: 1}},
    hovertemplate: `%{y}: %{x:.4g}${of_what}<extra></extra>`,
  });
  return chart(`Memory and time of a step on ${of.summary.problem}`, 90 + 34 * of.chosen.length, (width) => {
    const {axis, margin, annotations, height} = rows(of.chosen.map((each) => each.name), width, 34);
    return {
      height: 90 + height,
      data: [bar(of.chosen, (each) => each.summary.state_bytes_per_parameter, '', ' of state'),
             ...(of.chosen.some((each) => each.summary.scratch_bytes_per_parameter)
               ? [bar(of.chosen, (each) => each.summary.scratch_bytes_per_parameter, '', ' of scratch', 0.2)]
               : []),
             bar(of.chosen, (each) => (each.summary.optimizer_seconds_per_step ?? 0) * 1e6, '2')],
      layout: {
        hovermode: 'closest', bargap: annotations.length > 0 ? 0.7 : 0.45, barmode: 'stack', margin, annotations,
        xaxis: {title: {text: 'bytes / parameter'}, domain: [0, 0.46], rangemode: 'tozero'},
        xaxis2: {title: {text: 'µs / step'}, domain: [0.54, 1], rangemode: 'tozero', anchor: 'y2'},
        yaxis: axis, yaxis2: {...axis, showticklabels: false, ticks: '', anchor: 'x2'},
      },
    };
  }).element;
}

/** As the rest of the page has them; the comparison's objects are sorted by name. */
function in_order<value>(of: [string, value][], ink_index: Map<string, number>): [string, value][] {
  return [...of].sort(([a], [b]) => (ink_index.get(a) ?? 0) - (ink_index.get(b) ?? 0));
}

/** Share of problems on which an optimizer takes at most so many times the fastest one's time. */
export function performance_profile(document: report_document): HTMLElement {
  const {ratios, taus, bands} = document.comparison.profile;
  if (Object.values(ratios).flat().every((each) => each === null)) return empty('No optimizer reached the target of any problem.');
  const ink_index = inks(document);
  const largest = Math.max(2, ...Object.values(ratios).flat().filter((each): each is number => each !== null)) * 1.2;
  return chart('Performance profile', 340, () => ({
    data: in_order(Object.entries(ratios), ink_index).flatMap(([optimizer, of]): trace[] => {
      const ink = ink_of(ink_index.get(optimizer) ?? 0);
      const band = bands[optimizer] ?? [];
      const edge = (side: 0 | 1) => ({type: 'scatter', mode: 'lines', x: taus, y: band.map((each) => each[side]), line: {width: 0, shape: 'hv'},
                                      hoverinfo: 'skip', legendgroup: optimizer, showlegend: false});
      const steps = of.filter((each): each is number => each !== null).sort((a, b) => a - b);
      const x = [1, ...steps, largest];
      const y = [steps.filter((each) => each <= 1).length, ...steps.map((_, i) => i + 1), steps.length].map((count) => count / of.length);
      return [
        ...(band.length > 0 ? [{...edge(0), name: `${optimizer}, 2.5 %`}, {...edge(1), name: `${optimizer}, 97.5 %`, fill: 'tonexty', fillcolor: faded(ink.colour, 0.14)}] : []),
        {type: 'scatter', mode: 'lines', name: optimizer, legendgroup: optimizer, x, y, line: {color: ink.colour, dash: ink.dash, width: 2.4, shape: 'hv'}},
      ];
    }),
    layout: {xaxis: {title: {text: 'times the fastest optimizer’s time (τ)'}, type: 'log'},
             yaxis: {title: {text: 'share of problems'}, range: [-0.03, 1.05], tickformat: '.0%'}},
  })).element;
}

/** Mean rank over all problems with its interval, and the ranks on each as faint marks; the best first. */
export function mean_ranks(document: report_document): HTMLElement {
  const ink_index = inks(document);
  const shown = Object.entries(document.comparison.ranks).sort(([, a], [, b]) => a.mean - b.mean);
  const problems = document.comparison.problems.map((each) => each.problem);
  return chart('Mean ranks over all problems', 100 + 34 * shown.length, (width) => {
    const {axis, margin, annotations, height} = rows(shown.map(([optimizer]) => optimizer), width, 34);
    return {
      height: 100 + height,
      data: shown.flatMap(([optimizer, {ranks, mean, interval: [low, high]}]): trace[] => {
        const ink = ink_of(ink_index.get(optimizer) ?? 0);
        return [
          {type: 'scatter', mode: 'markers', x: ranks, y: ranks.map(() => optimizer), text: problems, showlegend: false,
           marker: {symbol: 'line-ns', size: 9, line: {width: 1.5, color: faded(ink.colour, 0.45)}}, hovertemplate: '%{text}: %{x}<extra></extra>'},
          {type: 'scatter', mode: 'markers', name: optimizer, x: [mean], y: [optimizer], showlegend: false,
           marker: {symbol: ink.marker, size: 11, color: ink.colour},
           ...(low === null || high === null ? {} : {error_x: {type: 'data', symmetric: false, array: [high - mean], arrayminus: [mean - low], color: ink.colour, thickness: 2.2}}),
           hovertemplate: `mean rank %{x:.2f}${low === null || high === null ? '' : `, ${low.toFixed(2)} … ${high.toFixed(2)}`}<extra></extra>`},
        ];
      }),
      layout: {hovermode: 'closest', margin, annotations, xaxis: {title: {text: 'rank; 1 is the best'}, range: [0.7, shown.length + 0.3], dtick: Math.max(1, Math.ceil(shown.length / 12))},
               yaxis: axis},
    };
  }).element;
}

/** Shares solved by cost, on a logarithmic axis. What cost nothing stands at its left end. */
function distributions(title: string, axes: {x: string; y: string}, document: report_document,
                       of: [string, step_distribution][]): HTMLElement {
  if (of.every(([, each]) => each.solved.length === 0)) return empty(`${title}: no target was met.`);
  const ink_index = inks(document);
  const positive = of.flatMap(([, each]) => each.solved).filter((each) => each > 0);
  const least = positive.reduce((a, b) => Math.min(a, b), Infinity);
  const left = Number.isFinite(least) ? least / 1.5 : 1;
  const right = positive.reduce((a, b) => Math.max(a, b), left) * 1.5;
  return chart(title, 340, () => ({
    data: in_order(of, ink_index).map(([optimizer, {solved, count}]): trace => {
      const ink = ink_of(ink_index.get(optimizer) ?? 0);
      const at_once = solved.filter((each) => each <= 0).length;
      const x = [left, ...solved.slice(at_once), right];
      const y = [at_once, ...solved.slice(at_once).map((_, i) => at_once + i + 1), solved.length].map((each) => each / count);
      return {type: 'scatter', mode: 'lines', name: optimizer, x, y, line: {color: ink.colour, dash: ink.dash, width: 2.4, shape: 'hv'}};
    }),
    layout: {xaxis: {title: {text: axes.x}, type: 'log'},
             yaxis: {title: {text: axes.y}, range: [-0.03, 1.05], tickformat: '.0%'}},
  })).element;
}

/** Runtime distribution: share of pairs of a trial and a target that are solved at each cost. */
export function runtime_distribution(document: report_document, of: runtime_summary): HTMLElement {
  return distributions(`Runtime distribution, in ${of.unit}`, {x: of.unit, y: 'share of trials and targets'}, document,
                       Object.entries(of.optimizers).map(([optimizer, each]) => [optimizer, each.runtimes]));
}

/** Data profile: share of targets on landscapes that are expected to be reached, by evaluations over dimension + 1. */
export function data_profile(document: report_document, of: runtime_summary): HTMLElement {
  return distributions('Data profile', {x: 'expected evaluations / (dimension + 1)', y: 'share of targets'}, document,
                       Object.entries(of.optimizers).flatMap(([optimizer, each]): [string, step_distribution][] =>
                           each.simplex_gradients ? [[optimizer, each.simplex_gradients]] : []));
}
