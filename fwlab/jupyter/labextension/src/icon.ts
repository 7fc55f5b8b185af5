import { LabIcon } from '@jupyterlab/ui-components';

/** A loop with two requests on their way around it. */
export const fwlabIcon = new LabIcon({
  name: 'fwlab:icon',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
    <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2.4">
      <path d="M20 12a8 8 0 1 1-3-6.2"/>
      <path d="M17.5 1.8v4.6h-4.6"/>
      <path d="M8 10.2h7M8 13.8h4.5"/>
    </g>
  </svg>`
});
