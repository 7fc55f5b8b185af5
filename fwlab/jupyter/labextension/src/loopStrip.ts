// The last seconds of an event loop as a strip: free, late, blocked.

import type { Loop } from './facts';

const SPAN = 10_000; // milliseconds
const HEIGHT = 16;

/** A moment with what was known of the loop then; `at` in milliseconds. */
export interface Moment {
  at: number;
  blocked: boolean;
}

/** A stretch of the strip, from 0 (the oldest) to 1 (now). */
export interface Stretch {
  from: number;
  to: number;
}

/** Returns the blocked stretches of the last `span` milliseconds. */
export function blockedStretches(moments: readonly Moment[], now: number, span = SPAN): Stretch[] {
  const place = (at: number) => Math.min(Math.max((at - now) / span + 1, 0), 1);
  const stretches: Stretch[] = [];
  let since: number | null = null;
  for (const { at, blocked } of [...moments, { at: now, blocked: false }]) {
    if (blocked) since ??= at;
    else if (since !== null) {
      if (at > now - span) stretches.push({ from: place(since), to: place(at) });
      since = null;
    }
  }
  return stretches;
}

export class LoopStrip {
  readonly node = document.createElement('canvas');
  private moments: Moment[] = [];

  constructor() {
    this.node.className = 'fwlab-loop-strip';
    this.node.setAttribute('aria-hidden', 'true'); // the text beside it says the same
    this.node.height = HEIGHT;
  }

  /** Notes how the loop is, and draws the strip. */
  show(loop: Loop): void {
    const now = performance.now();
    if (loop.blocked > 0 && !this.moments.at(-1)?.blocked) {
      this.moments.push({ at: now - 1000 * loop.blocked, blocked: true });
    } else if (loop.blocked === 0 && this.moments.at(-1)?.blocked) {
      this.moments.push({ at: now, blocked: false });
    }
    this.moments = this.moments.filter((moment, index, all) => (all[index + 1] ?? moment).at > now - SPAN);
    this.draw(now);
  }

  /** Whether something of the strip is still to move out of it. */
  get moves(): boolean {
    return this.moments.length > 0;
  }

  private draw(now: number): void {
    const context = this.node.getContext('2d');
    if (!context) return;
    this.node.width = this.node.clientWidth || 300;
    const color = (name: string) => getComputedStyle(this.node).getPropertyValue(name);
    context.fillStyle = color('--jp-success-color2') || '#66bb6a';
    context.fillRect(0, 0, this.node.width, HEIGHT);
    for (const { from, to } of blockedStretches(this.moments, now)) {
      const [x, width] = [from * this.node.width, Math.max((to - from) * this.node.width, 1)];
      context.fillStyle = color('--jp-error-color1') || '#d32f2f';
      context.fillRect(x, 0, width, HEIGHT);
      context.strokeStyle = color('--jp-layout-color1') || '#ffffff';
      for (let line = x + 4; line < x + width; line += 8) {
        context.beginPath(); // a pattern, for those who see no colors
        context.moveTo(line, HEIGHT);
        context.lineTo(line + HEIGHT / 2, 0);
        context.stroke();
      }
    }
  }
}
