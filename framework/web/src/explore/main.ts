import {h} from '../shared/dom';
import {theme_button} from '../shared/palette';
import type {catalog} from './catalog';
import {landscape_tab} from './landscape_tab';
import {get} from './requests';
import {results_tab} from './results_tab';
import {hash_of, type state, state_from} from './state';
import {tour_tab} from './tour_tab';
import {training_tab} from './training_tab';

const seconds_between_scans = 2;

type tab_name = state['tab'];
const titles: Record<tab_name, string> = {tour: 'Tour', landscape: 'Landscape', results: 'Results', training: 'Training'};
/** Changes within this time are one step of the browser's history. */
const milliseconds_of_a_change = 300;

interface tab {
  element: HTMLElement;
  set_plugins?(plugins: catalog): void;
  /** The state is another one. */
  restore?(): void;
}

/** The page: tabs, each made when it is first looked at. */
class explorer {
  private readonly tabs = new Map<tab_name, tab>();
  private readonly place = h('div', {class: 'tab-place', role: 'tabpanel'});
  private readonly buttons: [tab_name, HTMLButtonElement][];
  private plugins_text: string;
  private saving = 0;
  private readonly undo = h('button', {type: 'button', class: 'quiet', title: 'Back to before the last change'}, 'Undo');

  constructor(private readonly page: HTMLElement, private plugins: catalog, private readonly shown: state) {
    this.plugins_text = JSON.stringify(plugins);
    this.buttons = (Object.keys(titles) as tab_name[]).map((name) => {
      const button = h('button', {type: 'button', role: 'tab'}, titles[name]);
      button.addEventListener('click', () => this.choose(name));
      button.addEventListener('keydown', (event) => {
        const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
        if (!by) return;
        const names = Object.keys(titles) as tab_name[];
        const next = names[(names.indexOf(name) + by + names.length) % names.length]!;
        this.choose(next);
        this.buttons.find(([each]) => each === next)![1].focus();
      });
      return [name, button];
    });
    this.page.replaceChildren(
      h('header', {class: 'page'},
        h('div', {class: 'bar'}, h('h1', {class: 'brand'}, 'Ravine'),
          h('div', {class: 'problems', role: 'tablist', 'aria-label': 'Pages'}, ...this.buttons.map(([, button]) => button))),
        h('div', {class: 'tools'}, this.undo, theme_button())),
      this.place);
    this.undo.addEventListener('click', () => history.back());
    this.choose(shown.tab);
    addEventListener('popstate', () => this.restore());
    setInterval(() => void this.rescan(), seconds_between_scans * 1000);
  }

  private make(name: tab_name): tab {
    const save = () => this.save();
    if (name === 'tour') {
      return new tour_tab(this.shown, (wanted) => {
        this.save_now();  // so that the way back leads to the tour
        this.show({...this.shown, ...wanted, tab: 'landscape'});
      }, save);
    }
    if (name === 'landscape') return new landscape_tab(this.shown, this.plugins, save);
    if (name === 'training') return new training_tab(this.shown, this.plugins, save);
    return new results_tab();
  }

  private choose(name: tab_name): void {
    this.shown.tab = name;
    for (const [each, button] of this.buttons) {
      button.setAttribute('aria-selected', String(each === name));
      button.tabIndex = each === name ? 0 : -1;
    }
    let tab = this.tabs.get(name);
    if (!tab) {
      tab = this.make(name);
      this.tabs.set(name, tab);
      this.place.append(tab.element);
    }
    for (const [each, other] of this.tabs) other.element.hidden = each !== name;
    window.dispatchEvent(new Event('resize'));
    this.save();
  }

  /** The address restores what is seen, and the browser's way back leads to before the last change. */
  private save(): void {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save_now(), milliseconds_of_a_change);
  }

  private save_now(): void {
    clearTimeout(this.saving);
    const hash = hash_of(this.shown);
    if (hash !== location.hash) {
      const is_first = /^(#tour(-\d+)?)?$/.test(location.hash);
      if (is_first) history.replaceState({changes: 0}, '', hash);
      else history.pushState({changes: this.changes + 1}, '', hash);
    }
    this.undo.disabled = this.changes === 0;
  }

  /** Made on this page before the one that is shown. */
  private get changes(): number {
    return (history.state as {changes?: number} | null)?.changes ?? 0;
  }

  private restore(): void {
    clearTimeout(this.saving);
    this.show(state_from(location.hash));
  }

  /** The lists of runs stay the same ones, since the tabs hold them. */
  private show(wanted: state): void {
    const {runs, trained} = this.shown;
    const [new_runs, new_trained] = [[...wanted.runs], [...wanted.trained]];
    Object.assign(this.shown, wanted, {runs, trained});
    runs.splice(0, runs.length, ...new_runs);
    trained.splice(0, trained.length, ...new_trained);
    for (const each of this.tabs.values()) each.restore?.();
    this.choose(this.shown.tab);
  }

  /** Plugins may have come or gone. */
  private async rescan(): Promise<void> {
    if (document.hidden) return;
    try {
      const plugins = await get<catalog>('api/plugins');
      const text = JSON.stringify(plugins);
      if (text === this.plugins_text) return;
      this.plugins_text = text;
      this.plugins = plugins;
      for (const tab of this.tabs.values()) tab.set_plugins?.(plugins);
    } catch {
      // The next request of a tab says what is wrong.
    }
  }
}

async function show(page: HTMLElement): Promise<void> {
  try {
    const plugins = await get<catalog>('api/plugins');
    new explorer(page, plugins, state_from(location.hash));
  } catch (problem) {
    page.replaceChildren(h('div', {class: 'failure', role: 'alert'}, h('h1', {}, 'The explorer can’t start'),
                           h('p', {}, problem instanceof Error ? problem.message : String(problem))));
  }
  page.removeAttribute('aria-busy');
}

void show(document.getElementById('page')!);
