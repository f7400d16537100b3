// Plotly is a bundle of its own: the explorer's browser keeps it, and the report's two scripts stay apart.
// @ts-expect-error the package brings no types; what is used of it is declared in shared/plotly.ts
import Plotly from 'plotly.js-strict-dist-min';

(window as unknown as {Plotly: unknown}).Plotly = Plotly;
