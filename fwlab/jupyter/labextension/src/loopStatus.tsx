// How the loop of the kernel is, in the status bar.

import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSX } from 'react';
import { TextItem } from '@jupyterlab/statusbar';
import { loopText } from './facts';
import type { Links } from './links';

export class LoopStatus extends ReactWidget {
  constructor(private readonly links: Links) {
    super();
    this.addClass('fwlab-loop');
    links.changed.connect(() => this.update());
  }

  protected override render(): JSX.Element | null {
    const link = this.links.current;
    const blocked = (link?.facts.loop.blocked ?? 0) > 0;
    this.toggleClass('fwlab-blocked', blocked);
    if (!link?.attached) return null;
    return (
      <TextItem source={loopText(link.facts.loop)} title="The event loop of this notebook’s kernel, as fwlab sees it" />
    );
  }
}
