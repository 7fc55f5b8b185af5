// The drawing that the widget of `timeline.live()` and this extension share.
declare module '*/live.js' {
  export interface View {
    rows: { label: string; states: [kind: string, start: number, end: number][] }[];
    others: [start: number, end: number][];
    now: number;
    summary: string;
  }
  export function draw(
    el: HTMLElement,
    view: View,
    words: Record<string, string>,
    prefix: string,
    choose?: ((told: string) => void) | null
  ): void;
}
