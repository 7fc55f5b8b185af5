// What is docked beside the notebook: pages of its servers, and the live timeline.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import type { Server, Wanted } from './facts';
import type { Link } from './link';
import type { Linked, Links } from './links';
import { Preview } from './preview';
import type { RoutesPanel } from './routesPanel';
import { TimelinePanel } from './timelinePanel';

export class Docks {
  private timeline: TimelinePanel | null = null;
  private readonly pages = new Set<Widget>();

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly links: Links,
    private readonly routes: RoutesPanel
  ) {
    routes.visibilityChanged.connect(() => this.sayWhatIsWanted());
  }

  /** Docks a page of a server beside the notebook. */
  openPage(link: Link, server: Server, path: string): Widget {
    const page = new Preview(link, server, path);
    page.disposed.connect(() => {
      this.pages.delete(page);
      this.sayWhatIsWanted();
    });
    this.pages.add(page);
    this.app.shell.add(page, 'main', { mode: 'split-right' });
    this.sayWhatIsWanted();
    return page;
  }

  /** Docks the live timeline, under another widget or beside the notebook; one that is open comes to the front. */
  openTimeline(under: Widget | null = null): void {
    if (!this.timeline) {
      const timeline = (this.timeline = new TimelinePanel(this.links, keep));
      timeline.disposed.connect(() => {
        this.timeline = null;
        this.sayWhatIsWanted();
      });
      this.app.shell.add(timeline, 'main', under ? { mode: 'split-bottom', ref: under.id } : { mode: 'split-right' });
      this.sayWhatIsWanted();
    }
    this.app.shell.activateById(this.timeline.id);
  }

  /** The notebook on the left; on the right a page of its first server, and under it the live timeline. */
  async layOut(): Promise<void> {
    const linked = this.links.currentLinked;
    const server = linked?.link.facts.servers[0];
    if (!linked || !server) {
      await showErrorMessage(
        'Nothing to lay out yet',
        'The notebook that you look at has no server. Run a cell with  server = await serve(app)  first.'
      );
      return;
    }
    this.openTimeline(this.openPage(linked.link, server, server.docs));
    this.app.shell.activateById(linked.panel.id);
  }

  private sayWhatIsWanted(): void {
    const wanted: Wanted[] = [];
    if (this.timeline) wanted.push('timelines');
    if (this.routes.isVisible || this.pages.size > 0) wanted.push('routes');
    this.links.want(wanted);
  }
}

/** Keeps a timeline and puts it into the notebook: a cell that draws it, with the figure under it. */
function keep({ panel, link }: Linked, server: string): void {
  const before = link.facts.kept;
  const insert = () => {
    const { kept } = link.facts;
    if (kept === before || kept === null) return;
    link.changed.disconnect(insert);
    NotebookActions.insertBelow(panel.content);
    const code = `from fwlab.jupyter.panel import kept_timeline\n\nkept_timeline(${kept}).plot()`;
    panel.content.activeCell?.model.sharedModel.setSource(code);
    void NotebookActions.run(panel.content, panel.sessionContext);
  };
  link.changed.connect(insert);
  link.keep(server);
}
