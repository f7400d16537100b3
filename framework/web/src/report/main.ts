import type {report_document} from '../shared/document';
import {h} from '../shared/dom';
import {counted} from '../shared/format';
import {page_header, results_page} from './page';
import {slice_page} from './slice_page';
import {unpack} from './unpack';

function header(of: report_document): HTMLElement {
  const experiments = of.files.flatMap((file) => file.experiments);
  const optimizers = new Set(of.comparison.problems.flatMap((problem) => problem.configurations.map((line) => line.optimizer)));
  return page_header(
      experiments.map((each) => each.name).join(', ') || 'No experiment',
      [counted(of.trials.all, 'trial'), counted(optimizers.size, 'optimizer'), counted(of.problems.length, 'problem'),
       ...experiments.slice(0, 1).map((each) => each.planned_at.slice(0, 10))].join(' · '));
}

async function show(page: HTMLElement): Promise<void> {
  try {
    const data = await unpack(document.getElementById('data')!.textContent ?? '');
    page.replaceChildren(...('slice' in data ? slice_page(data.slice) : [header(data), ...results_page(data)]));
  } catch (problem) {
    page.replaceChildren(h('div', {class: 'failure', role: 'alert'}, h('h1', {}, 'This report can’t be shown'),
                           h('p', {}, problem instanceof Error ? problem.message : String(problem))));
  }
  page.removeAttribute('aria-busy');
}

void show(document.getElementById('page')!);
