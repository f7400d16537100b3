import {h, select} from './dom';
import {count_text} from './format';
import {time_axis} from './time_axis';

const whole_run_seconds = 6;  // at speed 1

/** Play, pause, step and scrub: says which step is shown. */
export class player {
  readonly element: HTMLElement;
  private axis = new time_axis(1, true);
  private at = 0;
  private speed = 1;
  private playing = false;
  private frame_time = 0;
  private readonly play_button = h('button', {type: 'button', class: 'play'});
  /** Its places are shares of the axis. */
  private readonly scrub = h('input', {type: 'range', min: 0, max: 1, step: 'any', 'aria-label': 'Step', class: 'scrub'});
  private readonly shown = h('output', {class: 'step'});

  constructor(private readonly on_step: (step: number) => void) {
    this.play_button.addEventListener('click', () => this.playing ? this.pause() : this.play());
    this.scrub.addEventListener('input', () => {
      this.pause();
      this.show(Math.round(this.axis.step_at(Number(this.scrub.value))));
    });
    const move = (by: number) => () => {
      this.pause();
      this.show(Math.round(this.at) + by);
    };
    this.element = h('div', {class: 'player', role: 'group', 'aria-label': 'Animation'},
      this.play_button,
      h('button', {type: 'button', title: 'One step back', 'aria-label': 'One step back', onclick: move(-1)}, '‹'),
      h('button', {type: 'button', title: 'One step on', 'aria-label': 'One step on', onclick: move(1)}, '›'),
      this.scrub, this.shown,
      select([['0.1', '0.1×'], ['0.25', '¼×'], ['0.5', '½×'], ['1', '1×'], ['2', '2×'], ['5', '5×']], '1',
             (value) => { this.speed = Number(value); }, 'Speed'));
    this.show_button();
  }

  /** A run of another length is shown at its end, or, if it was playing, from where it is. */
  set_axis(axis: time_axis): void {
    const is_new = axis.last !== this.axis.last;
    this.axis = axis;
    this.show(is_new && !this.playing ? axis.last : this.at);
  }

  get step(): number {
    return this.at;
  }

  show(step: number): void {
    const {axis} = this;
    this.at = Math.min(axis.last, Math.max(0, step));
    this.scrub.value = String(axis.share_of(this.at));
    const text = `step ${count_text(Math.round(this.at))} of ${count_text(axis.last)}`;
    this.shown.textContent = text;
    this.scrub.setAttribute('aria-valuetext', text);
    this.on_step(this.at);
  }

  play(): void {
    if (this.at >= this.axis.last) this.show(0);
    this.playing = true;
    this.frame_time = performance.now();
    this.show_button();
    requestAnimationFrame((now) => this.advance(now));
  }
  pause(): void {
    this.playing = false;
    this.show_button();
  }

  private advance(now: number): void {
    if (!this.playing || !this.element.isConnected) return;
    const seconds = Math.max(0, now - this.frame_time) / 1000;
    this.frame_time = now;
    const {axis} = this;
    const share = axis.share_of(this.at) + seconds * this.speed / whole_run_seconds;
    this.show(share >= 1 ? axis.last : axis.step_at(share));
    if (this.at >= axis.last) this.pause();
    else requestAnimationFrame((next) => this.advance(next));
  }

  private show_button(): void {
    this.play_button.textContent = this.playing ? 'Pause' : 'Play';
  }
}
