import {h, once_a_frame} from './dom';
import {current_theme, on_theme, type_scale} from './palette';
import {type pen, svg_pen} from './pen';
import {when_printed} from './printing';
import {type savable, save_buttons, text_url} from './saving';

export interface margins {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A figure on a canvas as wide as its place, drawn again when something changes, that can be saved. */
export abstract class canvas_figure {
  readonly element: HTMLElement;
  protected readonly canvas: HTMLCanvasElement;
  protected readonly scale = type_scale();
  protected readonly height: number;
  protected readonly margin: margins;
  /** In CSS pixels, when it was last drawn. To ask the element for each point would lay out the page each time. */
  protected width = 0;
  protected readonly redraw = once_a_frame(() => this.draw_now());

  protected constructor(label: string, usual_height: number, margin: margins) {
    this.height = usual_height * this.scale;
    this.margin = {left: margin.left * this.scale, right: margin.right * this.scale, top: margin.top * this.scale, bottom: margin.bottom * this.scale};
    this.canvas = h('canvas', {role: 'img', 'aria-label': label});
    this.element = h('div', {class: 'landscape', style: `height:${this.height}px`}, this.canvas, save_buttons(label, this.saved()));
    new ResizeObserver(() => this.redraw()).observe(this.element);
    on_theme(this.element, () => this.redraw());
    when_printed(this.element, () => this.draw_now());
  }

  protected abstract draw(pen: pen): void;
  protected abstract table(): (string | number | null)[][];

  protected get plot_width(): number {
    return this.width - this.margin.left - this.margin.right;
  }
  protected get plot_height(): number {
    return this.height - this.margin.top - this.margin.bottom;
  }

  /** A pointer's place in the element. */
  protected place(event: PointerEvent | WheelEvent): [left: number, top: number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private draw_now(): void {
    this.width = this.element.clientWidth;
    if (this.plot_width < 20) return;
    this.draw_on(this.canvas, Math.min(devicePixelRatio || 1, 3));
  }

  private draw_on(canvas: HTMLCanvasElement, scale: number): CanvasRenderingContext2D {
    const [wide, high] = [Math.round(this.width * scale), Math.round(this.height * scale)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext('2d')!;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.draw(pen);
    return pen;
  }

  private saved(): savable {
    return {
      png: () => {
        const copy = h('canvas', {});
        const pen = this.draw_on(copy, 2);
        pen.globalCompositeOperation = 'destination-over';
        pen.fillStyle = current_theme().paper;
        pen.fillRect(0, 0, this.width, this.height);
        return Promise.resolve(copy.toDataURL('image/png'));
      },
      svg: () => {
        const pen = new svg_pen();
        pen.fillStyle = current_theme().paper;
        pen.fillRect(0, 0, this.width, this.height);
        this.draw(pen);
        return Promise.resolve(text_url(pen.document(this.width, this.height), 'image/svg+xml'));
      },
      table: () => this.table(),
    };
  }
}
