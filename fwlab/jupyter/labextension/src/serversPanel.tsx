// The servers of every kernel, with what they are doing.

import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSX } from 'react';
import { requestsText, type Server } from './facts';
import type { Link } from './link';
import type { Linked, Links } from './links';

export class ServersPanel extends ReactWidget {
  constructor(
    private readonly links: Links,
    private readonly open: (link: Link, server: Server, path: string) => void
  ) {
    super();
    this.addClass('fwlab-section');
    this.title.label = 'Servers';
    links.changed.connect(() => this.update());
  }

  protected override render(): JSX.Element {
    const running = this.links.all.filter(({ link }) => link.facts.servers.length > 0);
    return (
      <>
        {running.map(linked => (
          <Kernel key={linked.panel.id} linked={linked} open={this.open} />
        ))}
        {running.length === 0 && <p className="fwlab-quiet">{explanation(this.links)}</p>}
      </>
    );
  }
}

function Kernel({
  linked,
  open
}: {
  linked: Linked;
  open: (link: Link, server: Server, path: string) => void;
}): JSX.Element {
  const { link, panel } = linked;
  return (
    <section aria-label={`Servers of ${panel.title.label}`}>
      <h3 className="fwlab-quiet">{panel.title.label}</h3>
      <ul className="fwlab-list">
        {link.facts.servers.map(server => (
          <li key={server.name}>
            <div>
              <strong>{server.name}</strong> <span className="fwlab-quiet">{server.app}</span>
              <div className="fwlab-quiet">
                {server.url}
                {server.where === 'loop' ? '' : `, in a ${server.where} of its own`}
              </div>
              <div>{requestsText(server)}</div>
              <div className="fwlab-buttons">
                <button
                  className="jp-mod-styled"
                  onClick={() => open(link, server, '')}
                  aria-label={`Open ${server.name}`}
                >
                  Open
                </button>
                {server.docs && (
                  <button
                    className="jp-mod-styled"
                    onClick={() => open(link, server, server.docs)}
                    aria-label={`Docs of ${server.name}`}
                  >
                    Docs
                  </button>
                )}
                <button
                  className="jp-mod-styled"
                  onClick={() => link.stop(server.name)}
                  aria-label={`Stop ${server.name}`}
                >
                  Stop
                </button>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function explanation(links: Links): JSX.Element {
  const current = links.current;
  if (!current) return <>No notebook is open. Servers appear here as soon as a cell starts one.</>;
  if (current.attached === false) {
    return <>This notebook’s kernel has no fwlab. Install it there, or choose the kernel in which it is installed.</>;
  }
  return (
    <>
      No server is running. <code>server = await serve(app)</code> in a cell starts one.
    </>
  );
}
