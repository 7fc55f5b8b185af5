// fwlab in JupyterLab: registers the panel, the status item and the commands; each is a module of its own.

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { SidePanel } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import { Widget } from '@lumino/widgets';
import { CourseFiles } from './courseFiles';
import { CoursePanel, type Place } from './coursePanel';
import { Docks } from './docks';
import { addExerciseCommands } from './exerciseCommands';
import { tellFiguresInWords } from './figureInWords';
import { fwlabIcon } from './icon';
import { addLabCommands } from './labCommands';
import { Links } from './links';
import { LoopStatus } from './loopStatus';
import { isOlder, olderLabText } from './olderLab';
import { RoutesPanel } from './routesPanel';
import { ServersPanel } from './serversPanel';
import { linkVerdictLines } from './verdictLines';

const ID = 'fwlab:plugin';
const PAUSE = 300; // milliseconds after the last of many cells before the files are read again
const LAST_PLACE = `${ID}:last-place`;

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The course, the servers and the event loop, beside the notebook.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [
    ICommandPalette,
    ILayoutRestorer,
    IStatusBar,
    IStateDB,
    ILauncher,
    IToolbarWidgetRegistry,
    IRenderMimeRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    statusBar: IStatusBar | null,
    state: IStateDB | null,
    launcher: ILauncher | null,
    toolbars: IToolbarWidgetRegistry | null,
    renderers: IRenderMimeRegistry | null
  ) => {
    if (isOlder(app.version)) {
      addSidebar(app, restorer, [olderLabNote(app.version)]);
      return;
    }
    const links = new Links(notebooks);
    const course = new CoursePanel(place => void openPlace(app, notebooks, place));
    const routes = new RoutesPanel(links);
    const docks = new Docks(app, links, routes);
    const servers = new ServersPanel(links, (link, server, path) => docks.openPage(link, server, path));
    addSidebar(app, restorer, [course, servers, routes]);
    statusBar?.registerStatusItem('fwlab:loop', { item: new LoopStatus(links), align: 'left', rank: 900 });
    addExerciseCommands(app, notebooks, links, palette, toolbars);
    linkVerdictLines(notebooks);
    if (renderers) tellFiguresInWords(renderers);
    addLabCommands(app, docks, palette, launcher);
    followCourse(app, notebooks, state, course);
  }
};

function olderLabNote(version: string): Widget {
  const node = document.createElement('p');
  node.textContent = olderLabText(version);
  const note = new Widget({ node });
  note.addClass('fwlab-section');
  note.title.label = 'fwlab';
  return note;
}

function addSidebar(app: JupyterFrontEnd, restorer: ILayoutRestorer | null, sections: Widget[]): void {
  const sidebar = new SidePanel();
  sidebar.id = 'fwlab-sidebar';
  sidebar.addClass('fwlab-sidebar');
  sidebar.title.icon = fwlabIcon;
  sidebar.title.caption = 'fwlab: course, servers and routes';
  for (const section of sections) sidebar.addWidget(section);
  app.shell.add(sidebar, 'left', { rank: 300 });
  restorer?.add(sidebar, sidebar.id);
}

/** Keeps the course panel true: the files are read at the start, and again when a cell has run. */
function followCourse(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  state: IStateDB | null,
  course: CoursePanel
): void {
  const files = new CourseFiles(app.serviceManager.contents);
  const read = new Debouncer(async () => course.showRows(await files.rows()), PAUSE);
  void app.restored.then(async () => {
    course.showLast(((await state?.fetch(LAST_PLACE)) as Place | undefined) ?? null);
    await read.invoke();
  });
  NotebookActions.executed.connect(() => void read.invoke());
  notebooks.activeCellChanged.connect(() => {
    const panel = notebooks.currentWidget;
    const path = panel?.context.path ?? '';
    if (!panel || !/^(notebooks|practice)\//.test(path)) return;
    const place = { path, cell: panel.content.activeCellIndex };
    course.showLast(place);
    void state?.save(LAST_PLACE, place);
  });
}

async function openPlace(app: JupyterFrontEnd, notebooks: INotebookTracker, place: Place): Promise<void> {
  await app.commands.execute('docmanager:open', { path: place.path });
  const panel = notebooks.currentWidget;
  if (!panel || panel.context.path !== place.path) return;
  await panel.context.ready;
  const cell = panel.content.widgets[place.cell];
  if (cell && place.cell > 0) {
    panel.content.activeCellIndex = place.cell;
    await panel.content.scrollToCell(cell, 'smart');
  }
}

export default plugin;
