// A picture says in words what it shows, where whoever drew it said so: to a screen reader, and to everybody on demand.

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { imageRendererFactory, RenderedImage } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

const PNG = 'image/png';

class FigureInWords extends RenderedImage {
  override async render(model: IRenderMime.IMimeModel): Promise<void> {
    await super.render(model);
    const { alt } = (model.metadata[PNG] ?? {}) as { alt?: unknown };
    const image = this.node.querySelector('img');
    if (!image || typeof alt !== 'string') return;
    image.alt = alt;
    const words = document.createElement('details');
    words.className = 'fwlab-words';
    const summary = document.createElement('summary');
    summary.textContent = 'In words';
    const text = document.createElement('p');
    text.textContent = alt;
    words.append(summary, text);
    this.node.append(words);
  }
}

/** Draws pictures as JupyterLab does, and adds the words. */
export function tellFiguresInWords(registry: IRenderMimeRegistry): void {
  registry.addFactory(
    { safe: true, mimeTypes: [PNG], createRenderer: options => new FigureInWords(options) },
    imageRendererFactory.defaultRank ?? 90
  );
}
