import {higher_is_better, type number_or_none, type paired, type score} from '../shared/document';
import {swatch} from '../shared/animation';
import {checkbox, h} from '../shared/dom';
import {count_text, counted, metric_text, number_text, repetition_text, score_text, seconds_text, settings_text} from '../shared/format';
import type {line, shown_problem} from './lines';

interface column {
  title: string;
  explanation: string;
  /** What is sorted by; null sorts last. */
  value(of: line): number | string | null;
  show(of: line): (Node | string)[];
  /** Which way is better, if one is. */
  better?: 'lower' | 'higher';
  is_text?: boolean;
  /** What a line may lead in, as the comparison names it. */
  quantity?: string;
}

function interval_text(of: score, measurements: number): string {
  const [low, high] = of.median_interval;
  if (low === null || high === null) return measurements >= 5 ? 'not all finite' : '';
  return low === high ? '' : `${score_text(low)} – ${score_text(high)}`;
}

function score_column(metric: string): column {
  const failed = higher_is_better(metric) ? '0' : '∞';
  return {
    title: metric_text(metric), explanation: 'median at the end of training, below it its 95 % bootstrap interval, from 5 repetitions on',
    better: higher_is_better(metric) ? 'higher' : 'lower', quantity: metric,
    value: (of) => of.summary.scores[metric]?.median ?? null,
    show: (of) => {
      const found = of.summary.scores[metric];
      if (!found) return ['–'];
      return [score_text(found.median, failed), h('small', {}, interval_text(found, of.summary.studies.length || of.summary.repetitions))];
    },
  };
}

function spread_column(metric: string): column {
  const failed = higher_is_better(metric) ? '0' : '∞';
  return {
    title: 'mean ± sd', explanation: `${metric_text(metric)} over repetitions, standard deviation with n − 1`,
    value: (of) => of.summary.scores[metric]?.mean ?? null,
    show: (of) => {
      const found = of.summary.scores[metric];
      if (!found) return ['–'];
      const spread = found.standard_deviation === null ? '' : ` ± ${spread_text(found.standard_deviation)}`;
      return [score_text(found.mean, failed) + spread];
    },
  };
}

/** Nothing where all ended at their best, nor of what was tested: nothing may be chosen by it. */
function best_columns(of: shown_problem, metric: string): column[] {
  if (metric.startsWith('test_')) return [];
  const best = (each: line): number_or_none => each.summary.scores[metric]?.best ?? null;
  if (of.chosen.every((each) => best(each) === (each.summary.scores[metric]?.median ?? null))) return [];
  return [{title: `best ${metric_text(metric)}`, explanation: 'median of the best values at any evaluation, whatever became of the trial later',
           better: higher_is_better(metric) ? 'higher' : 'lower', value: best, show: (each) => [score_text(best(each))]}];
}

/** A deviation needs no more than two digits. */
function spread_text(value: number): string {
  return number_text(Number(value.toPrecision(2)));
}

function target_columns(of: shown_problem): column[] {
  if (!of.summary.target) return [];
  const unit = of.own.landscape ? 'evaluations' : 'epochs';
  return [
    {title: 'reached', explanation: 'trials that met the target', better: 'higher',
     value: (each) => each.summary.time_to_target?.reached ?? null,
     show: (each) => [`${count_text(each.summary.time_to_target?.reached ?? 0)} of ${count_text(each.summary.time_to_target?.trials ?? 0)}`,
                      h('small', {}, lost_text(each.summary.time_to_target?.lost_later ?? {}))]},
    {title: `${unit} to target`, explanation: 'median over all trials; never if most did not meet it', better: 'lower', quantity: unit,
     value: (each) => each.summary.time_to_target?.[unit].median ?? null,
     show: (each) => [count_text(each.summary.time_to_target?.[unit].median ?? null, 'never')]},
    {title: 'seconds to target', explanation: 'training time without evaluation', better: 'lower', quantity: 'seconds',
     value: (each) => each.summary.time_to_target?.seconds.median ?? null,
     show: (each) => [number_text_or_never(each.summary.time_to_target?.seconds.median ?? null)]},
  ];
}

/** "7 escaped later", of trials that met the target. */
function lost_text(lost: Record<string, number>): string {
  const texts = Object.entries(lost).map(
      ([status, count]) => `${count_text(count)} ${status === 'completed' || status === 'stopped early' ? 'lost it' : status}`);
  return texts.length === 0 ? '' : `${texts.join(', ')} later`;
}

function number_text_or_never(value: number_or_none): string {
  return value === null ? 'never' : seconds_text(value);
}

function paired_columns(of: shown_problem, baseline: string): column[] {
  if (of.summary.paired.length === 0) return [];
  const find = (each: line): paired | undefined =>
      of.summary.paired.find((pair) => pair.optimizer === each.summary.optimizer);
  return [
    {title: `P(better than ${baseline})`, explanation: 'share of repetitions in which it is ahead',
     value: (each) => find(each)?.probability_better ?? null,
     show: (each) => [number_text(find(each)?.probability_better ?? null)]},
    {title: 'p (Holm)', explanation: 'Wilcoxon’s signed-rank test, corrected for all comparisons in the files',
     value: (each) => find(each)?.adjusted_p_value ?? null,
     show: (each) => [number_text(find(each)?.adjusted_p_value ?? null)]},
  ];
}

function columns_of(of: shown_problem, baseline: string, every_metric: boolean): column[] {
  const metrics = of.summary.metrics.filter((each, i) => every_metric || i === 0 || each === of.summary.selection_metric);
  const searched = of.all.length > of.chosen.length || of.chosen.some((each) => Object.keys(each.summary.point).length);
  return [
    {title: 'optimizer', explanation: '', is_text: true, value: (each) => each.summary.optimizer,
     show: (each) => [swatch(each.ink), h('span', {class: 'name-box'}, each.summary.optimizer)]},
    ...(searched ? [{title: 'search point', explanation: 'the best one, chosen on validation', is_text: true,
                     value: (each: line) => settings_text(each.summary.point),
                     show: (each: line) => [settings_text(each.summary.point)]}] : []),
    ...metrics.slice(0, 1).flatMap((metric) => [score_column(metric), spread_column(metric), ...best_columns(of, metric)]),
    ...metrics.slice(1).flatMap((metric) => [score_column(metric), ...best_columns(of, metric)]),
    ...target_columns(of),
    ...paired_columns(of, baseline),
    {title: 'training time', explanation: 'median of a trial, without evaluation', better: 'lower' as const,
     value: (each: line) => each.summary.seconds, show: (each: line) => [seconds_text(each.summary.seconds)]},
    {title: 'bytes / parameter', explanation: 'optimizer state, as allocated', value: (each: line) => each.summary.state_bytes_per_parameter,
     show: (each: line) => [number_text(each.summary.state_bytes_per_parameter)]},
    ...(of.all.some((each) => each.summary.scratch_bytes_per_parameter)
      ? [{title: 'scratch', explanation: 'working memory in bytes per parameter, beside the state',
          value: (each: line) => each.summary.scratch_bytes_per_parameter,
          show: (each: line) => [number_text(each.summary.scratch_bytes_per_parameter)]}]
      : []),
  ];
}

function leads(each: line, column: column, of: shown_problem): boolean {
  return column.quantity !== undefined && of.summary.leaders[column.quantity] === each.index;
}

function failures(of: line): Node | null {
  if (of.summary.failures.length === 0) return null;
  const counts = Object.entries(of.summary.statuses)
                     .filter(([status]) => of.summary.failures.some((each) => each.status === status))
                     .map(([status, count]) => `${count_text(count)} ${status.replaceAll('_', ' ')}`);
  return h('details', {class: 'failures'}, h('summary', {}, counts.join(', ')),
           h('ul', {}, ...of.summary.failures.map((each) => h('li', {}, `repetition ${repetition_text(each.repetition)}: ${each.reason || each.status}`))));
}

function table(of: shown_problem, columns: column[]): HTMLElement {
  const body = h('tbody', {});
  let sorted: {column: column; down: boolean} | null = null;
  const cell = (each: line, column: column, i: number) => {
    const is_best = leads(each, column, of);
    const looks = [column.is_text ? 'text' : '', is_best ? 'best' : ''].join(' ').trim();
    return h(i === 0 ? 'th' : 'td', {class: looks || undefined, scope: i === 0 ? 'row' : undefined},
             is_best && h('span', {class: 'star', title: 'best, and told apart from every other line'}, '★'), ...column.show(each), i === 0 && failures(each));
  };
  const fill = () => {
    let lines = of.chosen;
    if (sorted) {
      const {column, down} = sorted;
      lines = [...lines].sort((a, b) => compare(column.value(a), column.value(b), down));
    }
    body.replaceChildren(...lines.map((each) => h('tr', {}, ...columns.map((column, i) => cell(each, column, i)))));
  };
  const heads = columns.map((column) => {
    const button = h('button', {type: 'button', title: column.explanation || undefined}, column.title);
    const head = h('th', {scope: 'col', class: column.is_text ? 'text' : undefined}, button);
    button.addEventListener('click', () => {
      sorted = {column, down: sorted?.column === column ? !sorted.down : column.better === 'higher'};
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending');
      fill();
    });
    return head;
  });
  fill();
  const repetitions = Math.max(0, ...of.chosen.map((each) => each.summary.repetitions));
  const studies = Math.max(0, ...of.chosen.map((each) => each.summary.studies.length));
  const in_studies = studies > 1 ? ` in ${studies} studies of tuning` : '';
  const caption = `${of.summary.problem}: ${counted(repetitions, 'repetition')}${in_studies}${target_text(of)}`;
  return h('table', {class: 'summary'}, h('caption', {}, h('span', {}, caption)), h('thead', {}, h('tr', {}, ...heads)), body);
}

/** The summary of a problem: sortable, best values marked, failures in plain sight. */
export function summary_table(of: shown_problem, baseline: string): HTMLElement {
  const place = h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Summary of ${of.summary.problem}`});
  const show = (every_metric: boolean) => place.replaceChildren(table(of, columns_of(of, baseline, every_metric)));
  show(false);
  const has_more = of.summary.metrics.length > new Set([of.summary.metrics[0], of.summary.selection_metric]).size;
  return h('div', {}, has_more && h('div', {class: 'controls'}, checkbox('every metric', false, show)), place);
}

function target_text(of: shown_problem): string {
  const [target] = Object.entries(of.summary.target ?? {});
  if (!target) return '';
  return `, target ${metric_text(target[0])} ${higher_is_better(target[0]) ? '≥' : '≤'} ${number_text(target[1])}`;
}

function compare(a: number | string | null, b: number | string | null, down: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b;
  return down ? -order : order;
}
