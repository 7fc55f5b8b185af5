// The requests of each server as bars while they run, over the strip of the kernel's loop.

import { Widget } from '@lumino/widgets';
import { draw, type View } from '../../../lab/timeline/live.js';
import { loopText } from './facts';
import { fwlabIcon } from './icon';
import type { Linked, Links } from './links';
import { LoopStrip } from './loopStrip';

let panels = 0; // the names of the drawings' patterns are the page's

export class TimelinePanel extends Widget {
  private readonly strip = new LoopStrip();
  private readonly loop = document.createElement('div');
  private readonly servers = document.createElement('div');
  private readonly nothing = document.createElement('p');
  private readonly story = document.createElement('p');
  private readonly drawn = new Map<string, Drawn>();
  private readonly prefix = `fwlab-panel-${(panels += 1)}`;
  private readonly still = window.matchMedia('(prefers-reduced-motion: reduce)');
  private due = false;

  constructor(
    private readonly links: Links,
    private readonly keep: (linked: Linked, server: string) => void
  ) {
    super();
    this.id = this.prefix;
    this.addClass('fwlab-timeline');
    this.title.label = 'Live timeline';
    this.title.icon = fwlabIcon;
    this.title.closable = true;
    this.loop.className = 'fwlab-strip';
    this.story.className = 'fwlab-story';
    this.story.setAttribute('role', 'status');
    this.nothing.textContent = 'No server is running in this notebook’s kernel.';
    this.node.append(this.nothing, this.servers, this.story, this.loop, this.strip.node);
    links.changed.connect(this.plan, this);
    this.plan();
  }

  override dispose(): void {
    this.links.changed.disconnect(this.plan, this);
    super.dispose();
  }

  /** Draws before the browser's next picture, and not for each message. */
  private plan(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      if (!this.isDisposed) this.redraw();
    });
  }

  private redraw(): void {
    const current = this.links.currentLinked;
    const loop = current?.link.facts.loop;
    const blocked = (loop?.blocked ?? 0) > 0;
    this.loop.classList.toggle('fwlab-blocked', blocked);
    this.loop.textContent = loop ? loopText(loop) : 'No notebook is looked at.';
    if (loop) this.strip.show(loop);
    if (this.strip.moves && !this.still.matches) window.setTimeout(() => this.plan(), 100);
    const views = Object.entries(current?.link.facts.timelines ?? {});
    for (const name of this.drawn.keys()) {
      if (!views.some(([shown]) => shown === name)) this.forget(name);
    }
    for (const [name, view] of views) this.drawServer(name, view, current);
    this.nothing.hidden = views.length > 0;
  }

  private drawServer(name: string, view: View, linked: Linked | null): void {
    let drawn = this.drawn.get(name);
    if (!drawn) {
      drawn = this.newServer(name);
      this.drawn.set(name, drawn);
      this.servers.append(drawn.section); // and never again, or what has the focus in it would lose it
    }
    if (drawn.view === view) return;
    drawn.view = view;
    draw(drawn.chart, view, linked?.link.facts.words ?? {}, `${this.prefix}-${name}`, told => {
      this.story.textContent = told;
    });
  }

  private forget(name: string): void {
    this.drawn.get(name)?.section.remove();
    this.drawn.delete(name);
  }

  private newServer(name: string): Drawn {
    const section = document.createElement('section');
    const heading = document.createElement('h3');
    const keep = document.createElement('button');
    const chart = document.createElement('div');
    heading.textContent = name;
    keep.className = 'jp-mod-styled';
    keep.textContent = 'Keep';
    keep.title = 'Put this timeline into the notebook, as a figure';
    keep.addEventListener('click', () => {
      const linked = this.links.currentLinked;
      if (linked) this.keep(linked, name);
    });
    const head = document.createElement('div');
    head.className = 'fwlab-head';
    head.append(heading, keep);
    section.append(head, chart);
    return { section, chart, view: null };
  }
}

interface Drawn {
  section: HTMLElement;
  chart: HTMLElement;
  view: View | null;
}
