// The path operations of the running servers, each with its plan.

import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { JSX } from 'react';
import type { Route } from './facts';
import type { Links } from './links';

export class RoutesPanel extends ReactWidget {
  readonly visibilityChanged = new Signal<this, void>(this);

  constructor(private readonly links: Links) {
    super();
    this.addClass('fwlab-section');
    this.title.label = 'Routes';
    links.changed.connect(() => this.update());
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.visibilityChanged.emit();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.visibilityChanged.emit();
  }

  protected override render(): JSX.Element {
    const servers = Object.entries(this.links.current?.facts.routes ?? {});
    if (servers.length === 0) return <p className="fwlab-quiet">The routes of this notebook’s servers appear here.</p>;
    return (
      <>
        {servers.map(([server, routes]) => (
          <section key={server} aria-label={`Routes of ${server}`}>
            <h3 className="fwlab-quiet">{server}</h3>
            {routes.length === 0 && <p className="fwlab-quiet">This app has no plans to show: it is not fwlab’s.</p>}
            {routes.map(route => (
              <Operation key={`${route.method} ${route.path} ${route.handler}`} route={route} />
            ))}
          </section>
        ))}
      </>
    );
  }
}

function Operation({ route }: { route: Route }): JSX.Element {
  return (
    <details className="fwlab-route">
      <summary>
        <strong>{route.method}</strong> {route.path}{' '}
        <span className={`fwlab-lane fwlab-lane-${route.lane}`}>{route.lane}</span>
      </summary>
      <pre>{route.plan}</pre>
    </details>
  );
}
