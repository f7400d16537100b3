import {read_document, type report_document} from '../shared/document';
import {empty, h} from '../shared/dom';
import {count_text, counted} from '../shared/format';
import {results_page} from '../report/page';
import {get_if_changed} from './requests';

const seconds_between_looks = 2;

/** The results files, which may still be growing. */
export class results_tab {
  readonly element = h('div', {class: 'results'}, empty('Reading the results…'));
  private tag = '';
  private problem = 0;
  private looking = false;

  constructor() {
    void this.look();
    setInterval(() => void this.look(), seconds_between_looks * 1000);
  }

  private async look(): Promise<void> {
    // A hidden tab follows nothing; what is chosen in an open list stays.
    if (this.looking || this.element.hidden || document.hidden) return;
    this.looking = true;
    try {
      const changed = await get_if_changed<report_document | null>('api/results', this.tag);
      if (changed && changed.tag === '' && this.tag === '') this.show_none();
      else if (changed?.answer) this.show(read_document(changed.answer), changed.tag);
    } catch (problem) {
      if (this.tag === '') this.element.replaceChildren(empty(problem instanceof Error ? problem.message : String(problem)));
    } finally {
      this.looking = false;
    }
  }

  private show(read: report_document, tag: string): void {
    this.tag = tag;
    const experiments = read.files.flatMap((file) => file.experiments);
    const running = experiments.filter((each) => each.finished < each.planned);
    this.element.replaceChildren(
      h('p', {class: 'muted', role: 'status'}, running.length === 0
        ? `${experiments.map((each) => each.name).join(', ')}: all trials are done`
        : running.map((each) => `${each.name}: ${count_text(each.finished)} of ${counted(each.planned, 'trial')}`).join(', ')),
      ...results_page(read, this.problem, (index) => { this.problem = index; }));
  }

  private show_none(): void {
    this.element.replaceChildren(empty('No results file was given. ravine explore FILE.db shows one here, and follows it while it grows.'));
  }
}
