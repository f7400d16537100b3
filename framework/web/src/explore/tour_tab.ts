import {animation} from '../shared/animation';
import {h} from '../shared/dom';
import {number_text} from '../shared/format';
import {latest_only} from './requests';
import {first_state, type state} from './state';
import {drawn_of, trace} from './tracing';
import {tour_pages, type tour_page} from './tour_pages';

const slider_steps = 200;

/** A guided tour: a few sentences beside a live picture with one slider. */
export class tour_tab {
  readonly element = h('div', {class: 'tour'});
  private share = 0;
  private of: state = first_state();
  private drawn_key = '';
  private readonly stage = new animation('the landscape of this page');
  private readonly picture = h('section', {class: 'card', 'aria-label': 'Picture'});
  private readonly status = h('p', {class: 'status', role: 'status'});
  private readonly runner = new latest_only(() => this.run(), (busy) => this.picture.setAttribute('aria-busy', String(busy)));

  /** `explore` shows a state on the landscape tab. */
  constructor(private readonly shown: state, private readonly explore: (wanted: Partial<state>) => void, private readonly on_change: () => void) {
    this.write();
  }

  restore(): void {
    this.write();
  }

  private get index(): number {
    return Math.min(tour_pages.length - 1, Math.max(0, Math.trunc(this.shown.tour)));
  }
  private get page(): tour_page {
    return tour_pages[this.index]!;
  }

  private go(to: number): void {
    this.shown.tour = to;
    this.write();
    this.element.querySelector('h2')!.focus();
    this.on_change();
  }

  private write(): void {
    const {page, index} = this;
    this.share = page.slider.at;
    const step = (to: number, text: string) => {
      const button = h('button', {type: 'button', class: to > index ? 'play' : '', disabled: to < 0 || to >= tour_pages.length}, text);
      button.addEventListener('click', () => this.go(to));
      return button;
    };
    const explore = h('button', {type: 'button', class: 'quiet'}, 'Go on with it in the explorer');
    explore.addEventListener('click', () => {
      const {landscape, landscape_with, start, frame, steps, seed, noise, rotate, shift, clip, runs} = structuredClone(this.of);
      this.explore({landscape, landscape_with, start, frame, steps, seed, noise, rotate, shift, clip, runs});
    });
    this.element.replaceChildren(
      h('section', {class: 'card words', 'aria-labelledby': 'tour-title'},
        h('p', {class: 'muted'}, `${index + 1} of ${tour_pages.length}`),
        h('h2', {id: 'tour-title', tabindex: -1}, page.title),
        ...page.text.map((each) => h('p', {}, each)),
        this.slider(), h('div', {class: 'controls'}, step(index - 1, 'Back'), step(index + 1, 'Next')), explore,
        h('p', {class: 'hint'}, `Question ${page.question[0]} measures it: `, h('code', {}, `ravine run experiments/questions/${page.question[1]}.yaml`))),
      this.picture);
    this.picture.replaceChildren(this.stage.element, this.status);
    this.runner.ask();
  }

  private slider(): HTMLElement {
    const {slider} = this.page;
    const value = h('output', {class: 'slider-value'});
    const control = h('input', {type: 'range', min: 0, max: slider_steps, step: 1, value: String(Math.round(this.share * slider_steps)), 'aria-label': slider.name});
    const show = () => { value.textContent = `${slider.name} ${number_text(slider.value(this.share))}`; };
    control.addEventListener('input', () => {
      this.share = Number(control.value) / slider_steps;
      show();
      this.runner.ask();
    });
    show();
    return h('div', {class: 'tour-slider'}, control, value);
  }

  private async run(): Promise<void> {
    const {page} = this;
    this.of = {...first_state(), start: null, frame: null, ...page.state(page.slider.value(this.share))};
    const key = JSON.stringify([this.of.landscape, this.of.landscape_with, this.of.frame]);
    try {
      const {paths, image} = await trace(this.of, key === this.drawn_key ? undefined : {frame: this.of.frame});
      if (image !== undefined) {
        this.drawn_key = key;
        this.stage.set_image(image);
      }
      const drawn = drawn_of(paths, this.of.runs);
      // To leave is no fault here: it is what some pages show.
      const notes = drawn.notes.map((each, i) => paths[i]!.status === 'escaped' ? {text: 'has left the picture', is_fault: false} : each);
      this.stage.set_paths(drawn.paths.map((each, i) => ({...each, label: page.names?.[i] ?? each.label})), notes);
      this.stage.set_start(null);
      this.status.textContent = '';
    } catch (problem) {
      this.status.textContent = problem instanceof Error ? problem.message : String(problem);
    }
  }
}
