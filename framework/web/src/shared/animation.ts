import type {image} from './document';
import {checkbox, h, svg} from './dom';
import {number_text} from './format';
import {type drawn_path, type faint_path, type landscape_hands, landscape_view, loss_at} from './landscape_view';
import {loss_view} from './loss_view';
import {ink_of, on_theme} from './palette';
import {player} from './player';
import type {chart} from './plotly';
import {surface} from './surface';
import {time_axis} from './time_axis';

/** A line as it is drawn, for legends. */
export function swatch(ink: number): SVGElement {
  const line = svg('line', {x1: 1, x2: 31, y1: 6, y2: 6, 'stroke-width': 2.5, 'stroke-linecap': 'round'});
  const show = () => {
    line.setAttribute('stroke', ink_of(ink).colour);
    line.setAttribute('stroke-dasharray', ink_of(ink).dashes.map((each) => each * 2.5).join(' '));
  };
  show();
  const element = svg('svg', {viewBox: '0 0 32 12', 'aria-hidden': 'true', class: 'swatch'}, line);
  on_theme(element, show);
  return element;
}

/** What a legend says of a path besides its loss. */
export interface path_note {
  text: string;
  is_fault: boolean;
}

/**
 * Paths of optimizers over a landscape, together or each in an image of its own, animated; with the curve of the
 * loss at the same step, and the landscape as a surface on demand.
 */
export class animation {
  readonly element: HTMLElement;
  private drawn: image | null = null;
  private paths: drawn_path[] = [];
  private notes: path_note[] = [];
  private faint: faint_path[] = [];
  private readonly hidden = new Set<string>();
  private apart = false;
  private is_equal = false;
  private is_log = true;
  private start: [number, number] | null = null;
  private readonly views = h('div', {class: 'views'});
  private view_list: landscape_view[] = [];
  private readonly reading = h('output', {class: 'reading-line'});
  private readonly legend = h('ul', {class: 'legend'});
  private readonly losses_now = new Map<string, HTMLElement>();
  private readonly losses: loss_view;
  private readonly surface_place = h('div', {class: 'surface'});
  private surface: chart | null = null;
  private surface_waits = false;
  readonly player: player;

  constructor(private readonly name: string, private readonly hands?: landscape_hands) {
    this.player = new player((step) => this.show_step(step));
    this.losses = new loss_view(300, (step) => {
      this.player.pause();
      this.player.show(Math.round(step));
    });
    const surface_button = h('button', {type: 'button', class: 'quiet', 'aria-expanded': 'false'}, 'Show as a surface');
    surface_button.addEventListener('click', () => this.toggle_surface(surface_button));
    this.element = h('div', {class: 'animation'},
      h('div', {class: 'controls'},
        checkbox('each in an image of its own', false, (checked) => {
          this.apart = checked;
          this.arrange();
        }),
        checkbox('equal axes', false, (checked) => {
          this.is_equal = checked;
          for (const view of this.view_list) view.set_equal(checked);
        }),
        checkbox('logarithmic time', true, (checked) => {
          this.is_log = checked;
          this.set_time();
        }), surface_button),
      h('div', {class: 'stage'}, h('div', {class: 'picture'}, this.views, this.reading, this.player.element),
        h('div', {class: 'beside'}, this.losses.element, this.legend)),
      this.surface_place);
    this.arrange();
  }

  set_image(drawn: image | null): void {
    this.drawn = drawn;
    for (const view of this.view_list) view.set_image(drawn);
    this.surface?.update();
    this.losses.set_paths(this.visible(), drawn);
  }

  /** `notes` belong to the paths. */
  set_paths(paths: drawn_path[], notes: path_note[]): void {
    const same_lines = paths.length === this.paths.length &&
                       paths.every((each, i) => each.label === this.paths[i]!.label && each.ink === this.paths[i]!.ink);
    this.paths = paths;
    this.notes = notes;
    if (same_lines) this.give_paths();
    else this.arrange();
    this.set_time();
  }

  /** Fainter paths below these; they have no names. */
  set_faint(faint: faint_path[]): void {
    this.faint = faint;
    for (const view of this.view_list) view.set_faint(faint);
  }

  set_start(start: [number, number] | null): void {
    this.start = start;
    for (const view of this.view_list) view.set_start(start);
  }

  private set_time(): void {
    const axis = new time_axis(Math.max(1, ...this.paths.map((each) => each.step.at(-1) ?? 0)), this.is_log);
    this.losses.set_time(axis);
    this.player.set_axis(axis);
  }

  private visible(): drawn_path[] {
    return this.paths.filter((each) => !this.hidden.has(each.label));
  }

  private arrange(): void {
    const shown = this.visible();
    const groups = this.apart && shown.length > 1 ? shown.map((each) => [each]) : [shown];
    const height = groups.length > 1 ? 260 : innerWidth < 600 ? 290 : 440;
    this.view_list = groups.map((group) => {
      const who = group.length === 1 ? group[0]!.label : 'all optimizers';
      const view = new landscape_view(`Paths of ${who} over ${this.name}`, height, (text) => { this.reading.textContent = text; }, this.hands);
      view.set_image(this.drawn);
      view.set_start(this.start);
      view.set_equal(this.is_equal);
      view.set_faint(this.faint);
      return view;
    });
    this.views.classList.toggle('apart', groups.length > 1);
    // Three lie in one row, four in two.
    this.views.style.setProperty('--columns', String(groups.length === 4 ? 2 : Math.min(3, groups.length)));
    this.views.replaceChildren(...this.view_list.map((view, i) => groups.length > 1
      ? h('figure', {}, view.element, h('figcaption', {}, swatch(groups[i]![0]!.ink), groups[i]![0]!.label))
      : view.element));
    this.write_legend();
    this.give_paths();
  }

  private write_legend(): void {
    this.losses_now.clear();
    this.legend.replaceChildren(...this.paths.map((each) => {
      const reading = h('span', {class: 'reading'});
      this.losses_now.set(each.label, reading);
      const box = h('input', {type: 'checkbox', checked: !this.hidden.has(each.label)});
      box.addEventListener('change', () => {
        if (box.checked) this.hidden.delete(each.label);
        else this.hidden.add(each.label);
        this.arrange();
      });
      return h('li', {}, h('label', {}, box, swatch(each.ink), h('span', {class: 'name'}, each.label)), reading,
               h('span', {class: 'note'}));
    }));
    this.write_notes();
  }

  private write_notes(): void {
    [...this.legend.children].forEach((item, i) => {
      const note = item.querySelector('.note')!;
      note.textContent = this.notes[i]?.text ?? '';
      note.classList.toggle('fault', this.notes[i]?.is_fault ?? false);
    });
  }

  private give_paths(): void {
    const shown = this.visible();
    this.view_list.forEach((view, i) => view.set_paths(this.view_list.length > 1 ? [shown[i]!] : shown));
    this.losses.set_paths(shown, this.drawn);
    this.write_notes();
    this.show_step(this.player.step);
  }

  private show_step(step: number): void {
    for (const view of this.view_list) view.set_step(step);
    this.losses?.set_step(step);
    this.redraw_surface();
    this.paths.forEach((each, i) => {
      const reading = this.losses_now.get(each.label);
      // Where a trial ended that did not succeed, its score is the worst, whatever its last loss was.
      const has_failed = this.notes[i]?.is_fault && step >= (each.step.at(-1) ?? 0);
      if (reading) reading.textContent = has_failed ? '∞' : number_text(loss_at(each, step));
    });
  }

  /** Ten times a second at most: in space, a frame takes longer. */
  private redraw_surface(): void {
    if (!this.surface || this.surface_waits) return;
    this.surface_waits = true;
    setTimeout(() => {
      this.surface_waits = false;
      this.surface?.update();
    }, 100);
  }

  private toggle_surface(button: HTMLButtonElement): void {
    if (this.surface) {
      this.surface.remove();
      this.surface = null;
      this.surface_place.replaceChildren();
    } else {
      this.surface = surface(this.name, () => this.drawn, () => this.visible(), () => this.player.step);
      this.surface_place.replaceChildren(this.surface.element);
    }
    button.textContent = this.surface ? 'Hide the surface' : 'Show as a surface';
    button.setAttribute('aria-expanded', String(this.surface !== null));
  }
}
