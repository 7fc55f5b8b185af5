// Reads the two files that the course panel shows; both lie in the folder that JupyterLab has open.

import type { Contents } from '@jupyterlab/services';
import { type Chapter, type Progress, type Row, rowsOf } from './course';

const COURSE = 'notebooks/course.json';
const PROGRESS = 'fwlab-progress.json';

/** Returns the course's rows, or null where the folder has no course. */
export async function readRows(contents: Contents.IManager): Promise<Row[] | null> {
  const course = (await readJson(contents, COURSE)) as { chapters: Chapter[] } | null;
  if (!course) return null;
  const progress = (await readJson(contents, PROGRESS)) as Progress | null;
  return rowsOf(course.chapters, progress ?? {});
}

async function readJson(contents: Contents.IManager, path: string): Promise<unknown> {
  try {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const name = path.slice(path.lastIndexOf('/') + 1);
    const listing = await contents.get(folder, { type: 'directory', content: true });
    // To ask for a file that is not there would put an error into the browser's console.
    if (!(listing.content as Contents.IModel[]).some(item => item.name === name)) return null;
    const file = await contents.get(path, { type: 'file', format: 'text', content: true });
    return JSON.parse(file.content as string) as unknown;
  } catch {
    return null; // not there, or half a file of somebody's editing: the next look finds it
  }
}
