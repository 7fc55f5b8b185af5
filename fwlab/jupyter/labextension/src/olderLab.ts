// What to say in a JupyterLab that is older than the one which the extension is made for.

/** Major and minor number of the oldest JupyterLab whose pieces the extension is built of; as in pyproject.toml. */
const OLDEST = [4, 6] as const;

/** Whether a version of JupyterLab is too old; one that does not say its number is not. */
export function isOlder(version: string): boolean {
  const found = /^(\d+)\.(\d+)/.exec(version);
  if (!found) return false;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** The sentence that stands in the sidebar instead of the panels. */
export function olderLabText(version: string): string {
  return (
    `This is JupyterLab ${version}, and fwlab’s panels need ${OLDEST.join('.')} or newer: ` +
    'pip install --upgrade jupyterlab. The course works without them: ' +
    '%check, %hint, %progress, %serve and %load in a cell do what the buttons would.'
  );
}
