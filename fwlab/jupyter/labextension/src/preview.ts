// A page of a server, docked through Jupyter's proxy, which leads there from any browser.

import { IFrame, MainAreaWidget } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { BoxPanel, Widget } from '@lumino/widgets';
import type { Server } from './facts';
import { fwlabIcon } from './icon';
import type { Link } from './link';

/** Follows the server's routes, and says so when the server has stopped. */
export class Preview extends MainAreaWidget<BoxPanel> {
  private readonly frame = new IFrame({
    sandbox: ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups']
  });
  private readonly note = new Widget();
  private address = '';
  private routes: string | null = null;

  constructor(
    private readonly link: Link,
    private readonly server: Server,
    private readonly path: string
  ) {
    super({ content: new BoxPanel() });
    this.title.label = path ? `${server.name}: ${path}` : server.name;
    this.title.icon = fwlabIcon;
    this.note.addClass('fwlab-section');
    this.note.node.setAttribute('role', 'status');
    this.note.node.textContent = `The server ${server.name} has stopped. Serve it again, and its page is here again.`;
    this.content.addWidget(this.note);
    this.content.addWidget(this.frame);
    BoxPanel.setStretch(this.frame, 1);
    this.follow(server);
    link.changed.connect(this.onChanged, this);
  }

  override dispose(): void {
    this.link.changed.disconnect(this.onChanged, this);
    super.dispose();
  }

  private onChanged(): void {
    this.follow(this.link.facts.servers.find(({ name }) => name === this.server.name) ?? null);
  }

  private follow(server: Server | null): void {
    this.note.setHidden(server !== null);
    this.frame.setHidden(server === null);
    if (server === null) {
      this.address = '';
      return;
    }
    const address = URLExt.join(PageConfig.getBaseUrl(), 'proxy', String(server.port), '/', this.path);
    const told = this.link.facts.routes[server.name];
    const routes = told ? JSON.stringify(told) : this.routes; // not told yet
    const changed = this.routes !== null && routes !== this.routes;
    this.routes = routes;
    if (changed || address !== this.address) this.frame.url = this.address = address; // to set it is to load it again
  }
}
