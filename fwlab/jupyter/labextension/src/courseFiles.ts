// Reads the two files that the course panel shows; both lie in the folder that JupyterLab has open.

import type { Contents } from '@jupyterlab/services';
import { type Chapter, type Progress, type Row, rowsOf } from './course';

const COURSE = { folder: 'notebooks', name: 'course.json' };
const PROGRESS = { folder: '', name: 'fwlab-progress.json' };

interface File {
  folder: string;
  name: string;
}

export class CourseFiles {
  private chapters: Chapter[] | null = null;

  constructor(private readonly contents: Contents.IManager) {}

  /** Returns the course's rows, or null where the folder has no course. What the course has is read once. */
  async rows(): Promise<Row[] | null> {
    this.chapters ??= ((await this.read(COURSE)) as { chapters: Chapter[] } | null)?.chapters ?? null;
    return this.chapters && rowsOf(this.chapters, ((await this.read(PROGRESS)) as Progress | null) ?? {});
  }

  private async read({ folder, name }: File): Promise<unknown> {
    try {
      const listing = await this.contents.get(folder, { type: 'directory', content: true });
      // To ask for a file that is not there would put an error into the browser's console.
      if (!(listing.content as Contents.IModel[]).some(item => item.name === name)) return null;
      const path = folder ? `${folder}/${name}` : name;
      const file = await this.contents.get(path, { type: 'file', format: 'text', content: true });
      return JSON.parse(file.content as string) as unknown;
    } catch {
      return null; // not there, or half a file of somebody's editing: the next look finds it
    }
  }
}
