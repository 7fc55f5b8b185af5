// A line to the kernel of each open notebook.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { Wanted } from './facts';
import { Link } from './link';

/** A kernel with the notebook that it belongs to. */
export interface Linked {
  panel: NotebookPanel;
  link: Link;
}

export class Links {
  /** Something has changed: a kernel came or went, or said something new; or another notebook is looked at. */
  readonly changed = new Signal<this, void>(this);
  private readonly links = new Map<NotebookPanel, Link>();
  private wanted: readonly Wanted[] = [];

  constructor(private readonly notebooks: INotebookTracker) {
    notebooks.widgetAdded.connect((_, panel) => this.follow(panel));
    notebooks.currentChanged.connect(() => this.changed.emit());
    notebooks.forEach(panel => this.follow(panel));
  }

  get all(): Linked[] {
    return [...this.links].map(([panel, link]) => ({ panel, link }));
  }

  /** The notebook that is looked at, with its kernel. */
  get currentLinked(): Linked | null {
    const panel = this.notebooks.currentWidget;
    const link = panel && this.links.get(panel);
    return link ? { panel, link } : null;
  }

  /** The kernel of the notebook that is looked at. */
  get current(): Link | null {
    return this.currentLinked?.link ?? null;
  }

  /** The kernel of a notebook. */
  of(panel: NotebookPanel): Link | null {
    return this.links.get(panel) ?? null;
  }

  /** Has every kernel tell of these, from now on. */
  want(wanted: readonly Wanted[]): void {
    this.wanted = wanted;
    for (const link of this.links.values()) link.want(wanted);
  }

  private follow(panel: NotebookPanel): void {
    const connect = () => {
      this.links.get(panel)?.dispose();
      this.links.delete(panel);
      const kernel = panel.isDisposed ? null : panel.sessionContext.session?.kernel;
      if (kernel) {
        const link = new Link(kernel);
        link.want(this.wanted);
        link.changed.connect(() => this.changed.emit());
        this.links.set(panel, link);
      }
      this.changed.emit();
    };
    panel.sessionContext.kernelChanged.connect(connect);
    panel.disposed.connect(connect);
    connect();
  }
}
