import type {number_or_none, report_document, trial} from '../shared/document';
import {faded, ink_of} from '../shared/palette';
import {chart, type trace} from '../shared/plotly';
import {band_of, recorded} from './curves';
import type {line, shown_problem} from './lines';

const metric = 'hessian_eigenvalue';

type optimizer = report_document['specs'][number]['optimizer'];

/**
 * Beyond which eigenvalue of the Hessian the optimizer is unstable on a quadratic, at a learning rate: 2 / lr for gradient descent,
 * more with momentum (Cohen et al. 2021, appendix B); null for an optimizer of which that is not known.
 */
export function stability_limit(of: optimizer, lr: number): number | null {
  const {use, with: values} = of;
  const beta = values['beta'];
  if ('inner' in of || 'groups' in of || !(lr > 0) || values['weight_decay'] !== 0) return null;
  if (use === 'sgd') return 2 / lr;
  if (typeof beta !== 'number') return null;
  if (use === 'momentum') return 2 * (1 + beta) / (values['form'] === 'ema' ? lr * (1 - beta) : lr);
  return use === 'nag' ? 2 * (1 + beta) / (lr * (1 + 2 * beta)) : null;
}

/** Of the rate in force at each step that has one; nothing where some of it was not recorded. */
function limits(of: trial, optimizer: optimizer): {x: number[]; y: number_or_none[]} {
  if ('value.beta' in of.curve.metrics) return {x: [], y: []};  // scheduled: the bound moves in a way that is not known
  const rates = recorded(of, 'step', 'value.lr');
  return {x: rates.x, y: rates.y.map((lr) => lr === null ? null : stability_limit(optimizer, lr))};
}

export function has_curvature(of: shown_problem): boolean {
  return of.chosen.some((each) => each.trials.some((trial) => metric in trial.curve.metrics));
}

/** The largest eigenvalue of the Hessian along training, and what each optimizer can bear of it. */
export function curvature(of: shown_problem, document: report_document): HTMLElement {
  return chart(`Sharpness along training of ${of.summary.problem}`, 380, () => {
    const traces = (each: line): trace[] => {
      const ink = ink_of(each.ink);
      const band = band_of(each.trials.map((trial) => recorded(trial, 'step', metric)));
      const edge = {type: 'scatter', mode: 'lines', x: band.x, line: {width: 0}, hoverinfo: 'skip', legendgroup: each.name, showlegend: false};
      const bound = each.trials.map((trial) => limits(trial, document.specs[trial.spec]!.optimizer))[0];
      const is_known = bound?.y.some((value) => value !== null);
      return [
        ...(each.trials.length > 1 ? [{...edge, name: `${each.name}, least`, y: band.low}, {...edge, name: `${each.name}, greatest`, y: band.high, fill: 'tonexty', fillcolor: faded(ink.colour, 0.18)}] : []),
        {type: 'scatter', mode: 'lines', name: each.name, legendgroup: each.name, x: band.x, y: band.median,
         line: {color: ink.colour, dash: ink.dash, width: 2.2}, hovertemplate: '%{y:.4g}<extra></extra>'},
        ...(is_known ? [{type: 'scatter', mode: 'lines', name: `${each.name}: stability limit`, legendgroup: each.name, x: bound!.x, y: bound!.y,
                         line: {color: faded(ink.colour, 0.7), width: 1.2}, hovertemplate: 'limit %{y:.4g}<extra></extra>'}] : []),
      ];
    };
    const shown = of.chosen.flatMap((each) => each.trials.flatMap((trial) => recorded(trial, 'step', metric).y))
        .filter((value): value is number => value !== null);
    const [low, high] = shown.reduce(([least, most], each) => [Math.min(least, each), Math.max(most, each)], [0, 0]);
    return {
      data: shown.length === 0 ? [] : of.chosen.filter((each) => each.trials.some((trial) => metric in trial.curve.metrics)).flatMap(traces),
      nothing: 'No eigenvalue is finite.',
      layout: {
        xaxis: {title: {text: 'step'}, rangemode: 'tozero'},
        // A rate that goes to 0 has no limit: what is measured fills the figure.
        yaxis: {title: {text: 'largest Hessian eigenvalue'}, range: [low * 1.1, high * 1.6]},
      },
    };
  }).element;
}
