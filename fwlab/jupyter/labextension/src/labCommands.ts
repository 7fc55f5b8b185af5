// What one can open: the course, a notebook for the lab, the layout, the live timeline.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Docks } from './docks';
import { fwlabIcon } from './icon';

const CATEGORY = 'fwlab';
const FIRST_CHAPTER = 'notebooks/00_start.ipynb';

const LAB_NOTEBOOK = `from fwlab import App
from fwlab.lab import load, serve

app = App()


@app.get("/")
async def hello():
    return {"hello": "world"}


server = await serve(app)
server`;

export function addLabCommands(
  app: JupyterFrontEnd,
  docks: Docks,
  palette: ICommandPalette | null,
  launcher: ILauncher | null
): void {
  const { commands } = app;
  const add = (command: string, label: string, caption: string, execute: () => unknown, rank?: number) => {
    const describedBy = { args: { type: 'object', properties: {} } };
    commands.addCommand(command, { label, caption, icon: fwlabIcon, describedBy, execute: () => execute() });
    palette?.addItem({ command, category: CATEGORY });
    if (rank !== undefined) launcher?.add({ command, category: CATEGORY, rank });
  };

  add('fwlab:open-course', 'Course', 'Open the first chapter of the course', () => openCourse(app), 1);
  add('fwlab:new-lab', 'Lab notebook', 'A new notebook with a small app that is served', () => newLab(app), 2);
  add('fwlab:layout', 'Lab layout', 'The notebook on the left, its app and the live timeline on the right', () =>
    docks.layOut()
  );
  add('fwlab:timeline', 'Live timeline', 'Watch the requests of this notebook’s servers', () => docks.openTimeline());
}

async function openCourse(app: JupyterFrontEnd): Promise<void> {
  app.shell.activateById('fwlab-sidebar');
  await app.commands.execute('docmanager:open', { path: FIRST_CHAPTER });
}

async function newLab(app: JupyterFrontEnd): Promise<void> {
  const panel = (await app.commands.execute('notebook:create-new', { kernelName: 'python3' })) as NotebookPanel;
  await panel.context.ready;
  panel.content.widgets[0]?.model.sharedModel.setSource(LAB_NOTEBOOK);
}
