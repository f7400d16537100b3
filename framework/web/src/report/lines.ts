import {path_of, type problem, type problem_summary, type report_document, type trial} from '../shared/document';
import {settings_text} from '../shared/format';

/** A line of the comparison with the trials that it stands for and the ink it has on the whole page. */
export interface line {
  index: number;
  label: string;
  /** Without the point that was chosen, which the summary tells, unless it alone tells chosen lines apart. */
  name: string;
  ink: number;
  summary: problem_summary['configurations'][number];
  trials: trial[];
}

/** One problem as the page shows it. */
export interface shown_problem {
  summary: problem_summary;
  own: problem;
  chosen: line[];
  all: line[];
}

/** An optimizer has the same ink on every problem, by the order in which the file names them. */
export function inks(document: report_document): Map<string, number> {
  const known = new Map<string, number>();
  for (const problem of document.comparison.problems) {
    for (const line of problem.configurations) if (!known.has(line.optimizer)) known.set(line.optimizer, known.size);
  }
  return known;
}

export function shown_problems(document: report_document): shown_problem[] {
  const ink = inks(document);
  return document.comparison.problems.map((summary, i) => {
    const own = document.problems[i]!;
    const optimizers = new Set(summary.configurations.map((each) => each.optimizer));
    const is_chosen_once = (optimizer: string) =>
        summary.chosen.filter((index) => summary.configurations[index]!.optimizer === optimizer).length === 1;
    const label = ({optimizer, point}: typeof summary.configurations[number]) =>
        optimizers.size < summary.configurations.length && Object.keys(point).length > 0 ? `${optimizer} ${settings_text(point)}` : optimizer;
    const all = summary.configurations.map((each, index) => ({
      index, label: label(each), name: is_chosen_once(each.optimizer) ? each.optimizer : label(each), ink: ink.get(each.optimizer) ?? 0, summary: each, trials: own.trials[index] ?? [],
    }));
    return {summary, own, all, chosen: summary.chosen.map((index) => all[index]!)};
  });
}

export {path_of};
