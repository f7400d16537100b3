import {swatch} from '../shared/animation';
import {higher_is_better, type number_or_none} from '../shared/document';
import {h} from '../shared/dom';
import {count_text, counted, metric_text, number_text, score_text} from '../shared/format';
import type {line, shown_problem} from './lines';

/** What the lines of a problem are ranked by: the cost to its target, or its score where there is none or nobody met it. */
interface ranking {
  /** As `leaders` names it. */
  quantity: string;
  higher: boolean;
  value(of: line): number_or_none;
  text(value: number_or_none): string;
}

function unit_of(of: shown_problem): 'evaluations' | 'epochs' {
  return of.own.landscape ? 'evaluations' : 'epochs';
}

function ranking_of(of: shown_problem): ranking {
  const unit = unit_of(of);
  if (of.summary.target && of.chosen.some((each) => each.summary.time_to_target?.[unit].expected != null)) {
    return {quantity: unit, higher: false, value: (each) => each.summary.time_to_target?.[unit].expected ?? null,
            text: (value) => count_text(value, 'never')};
  }
  const metric = of.summary.metrics[0] ?? of.summary.selection_metric;
  return {quantity: metric, higher: higher_is_better(metric), value: (each) => each.summary.scores[metric]?.median ?? null,
          text: (value) => score_text(value, higher_is_better(metric) ? '0' : '∞')};
}

/** Best first; those without a value last. */
function ranked(of: shown_problem, by: ranking): line[] {
  const key = (each: line) => by.value(each) ?? (by.higher ? -Infinity : Infinity);
  return [...of.chosen].sort((a, b) => by.higher ? key(b) - key(a) : key(a) - key(b));
}

function target_text(of: shown_problem): string {
  const [metric, value] = Object.entries(of.summary.target!)[0]!;
  return `${metric_text(metric)} ${higher_is_better(metric) ? '≥' : '≤'} ${number_text(value)}`;
}

/** "1.5× fewer than adam"; nothing where there is no second value to compare with. */
function lead_text(first: number, second: number_or_none, name: string): string {
  if (second === null) return `; ${name} never does`;
  const factor = second / first;
  return `, ${factor >= 1.05 ? `${count_text(Number(factor.toPrecision(2)))}× fewer than` : 'about as many as'} ${name}`;
}

/** What became of a problem, in a sentence; no lead is told of that the tests do not tell. */
export function headline(of: shown_problem): string {
  const by = ranking_of(of);
  const [first, second] = ranked(of, by);
  if (!first) return 'no result yet.';
  if (of.chosen.every((each) => by.value(each) === null)) return `no optimizer has a finite median ${metric_text(by.quantity)}: too many trials failed.`;
  const best = by.value(first), next = second ? by.value(second) : null;
  const leads = of.summary.leaders[by.quantity] === first.index;
  const is_tie = second && !leads;
  if (by.quantity === unit_of(of)) {
    const reached = `${first.name} reaches ${target_text(of)} in ${by.text(best)} expected ${by.quantity}`;
    return `${reached}${second && best !== null && best > 0 ? lead_text(best, next, second.name) : ''}${is_tie ? '; the two are not told apart' : ''}.`;
  }
  const nobody = of.summary.target ? `nobody reaches ${target_text(of)}; ` : '';
  return `${nobody}${first.name} ends at a median ${metric_text(by.quantity)} of ${by.text(best)}` +
      `${second ? `, ${second.name} at ${by.text(next)}${is_tie ? '; the two are not told apart' : ''}` : ''}.`;
}

/** Over all problems: on how many each optimizer leads. */
function leads_text(problems: shown_problem[]): string {
  const leads = new Map<string, number>();
  for (const each of problems) {
    const leader = each.all[each.summary.leaders[ranking_of(each).quantity] ?? -1];
    if (leader) leads.set(leader.summary.optimizer, (leads.get(leader.summary.optimizer) ?? 0) + 1);
  }
  const told = [...leads].sort((a, b) => b[1] - a[1]);
  const open = problems.length - told.reduce((sum, [, count]) => sum + count, 0);
  if (told.length === 0) return `On none of ${counted(problems.length, 'problem')} is an optimizer told apart from all others.`;
  const parts = told.map(([name, count], i) => `${name} ${i === 0 ? 'leads ' : ''}on ${count_text(count)}`);
  const all = `Of ${counted(problems.length, 'problem')}: `;
  return `${all}${[...parts, ...(open > 0 ? [`on ${count_text(open)} nobody is told apart from all others`] : [])].join(', ')}.`;
}

/** Between 0, as good as the best, and 1: ten times the best, or the worst of scores that may have any sign. */
function heat(value: number_or_none, values: number[], by: ranking): number {
  if (value === null) return 1;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return 0;
  if (!by.higher && low > 0) return Math.min(1, Math.log10(value / low) / Math.max(1, Math.min(6, Math.log10(high / low))));
  return by.higher ? (high - value) / (high - low) : (value - low) / (high - low);
}

/** Problems down, optimizers across; the paler a cell, the farther from its row's best. */
export function heat_table(problems: shown_problem[], show: (index: number) => void): HTMLElement {
  const columns = new Map(problems.flatMap((each) => each.chosen.map((line) => [line.summary.optimizer, line.ink] as const)));
  const rows = problems.map((each, i) => {
    const by = ranking_of(each);
    const values = each.chosen.map(by.value).filter((value): value is number => value !== null);
    const name = problems.length > 1 ? h('button', {type: 'button', class: 'link'}, each.summary.problem) : each.summary.problem;
    if (typeof name !== 'string') name.addEventListener('click', () => show(i));
    const quantity = by.quantity === unit_of(each) ? `${by.quantity} to ${target_text(each)}` : metric_text(by.quantity);
    return h('tr', {}, h('th', {scope: 'row', class: 'text'}, h('span', {class: 'name-box'}, name, h('small', {}, quantity))), ...[...columns.keys()].map((optimizer) => {
      const line = each.chosen.find((one) => one.summary.optimizer === optimizer);
      if (!line) return h('td', {class: 'absent'}, 'not run');
      const value = by.value(line);
      const leads = each.summary.leaders[by.quantity] === line.index;
      return h('td', {style: `--heat:${Math.round(100 * (1 - heat(value, values, by)))}%`},
               leads && h('span', {class: 'star', title: 'best, and told apart from every other line'}, '★'), by.text(value));
    }));
  });
  return h('div', {class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'All problems and optimizers'},
    h('table', {class: 'heat'},
      h('caption', {}, h('span', {}, 'The deeper the green, the nearer to the best of the row. ★: best, and told apart from every other optimizer.')),
      h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'text'}, 'problem'),
        ...[...columns].map(([name, ink]) => h('th', {scope: 'col'}, swatch(ink), name)))),
      h('tbody', {}, ...rows)));
}

const most_sentences = 6;

/** The answer first: a sentence for each problem, and all of them beside each other. */
export function overview(problems: shown_problem[], show: (index: number) => void): HTMLElement {
  const sentences = problems.map((each) => h('li', {}, problems.length > 1 && h('b', {}, `${each.summary.problem}: `), headline(each)));
  const [first, rest] = [sentences.slice(0, most_sentences), sentences.slice(most_sentences)];
  return h('section', {id: 'overview', class: 'card', 'aria-labelledby': 'overview-title'},
    h('header', {}, h('h2', {id: 'overview-title'}, 'In short')),
    problems.length > 1 && h('p', {class: 'lead'}, leads_text(problems)),
    h('ul', {class: 'headlines'}, ...first),
    rest.length > 0 && h('details', {}, h('summary', {}, `${count_text(rest.length)} more`), h('ul', {class: 'headlines'}, ...rest)),
    heat_table(problems, show));
}
