// What a kernel says of itself, as fwlab/jupyter/panel/feed.py sends it.

import type { View } from '../../../lab/timeline/live.js';

/** The kernel's event loop; `lag` in milliseconds, `blocked` in seconds. */
export interface Loop {
  lag: number;
  blocked: number;
  by: string;
}

/** A running server; `rate` in requests a second. */
export interface Server {
  name: string;
  app: string;
  url: string;
  /** The path of a page that documents it, without other hosts where it has one; empty where it has none. */
  docs: string;
  port: number;
  where: 'loop' | 'thread' | 'process';
  served: number;
  failed: number;
  inFlight: number;
  rate: number;
}

/** A path operation with its plan, as text. */
export interface Route {
  method: string;
  path: string;
  handler: string;
  lane: 'loop' | 'thread' | 'process';
  plan: string;
}

/** By the name of the server, where it says of each. `kept` is the number of the timeline that was kept last. */
export interface Facts {
  loop: Loop;
  servers: Server[];
  timelines: Record<string, View>;
  words: Record<string, string>;
  routes: Record<string, Route[]>;
  kept: number | null;
}

export type Wanted = 'timelines' | 'routes';

export const NOTHING: Facts = {
  loop: { lag: 0, blocked: 0, by: '' },
  servers: [],
  timelines: {},
  words: {},
  routes: {},
  kept: null
};

/** Returns what the status bar says of a loop. */
export function loopText(loop: Loop): string {
  if (loop.blocked > 0) {
    return `loop BLOCKED ${loop.blocked.toFixed(1)} s${loop.by ? ` by ${loop.by}` : ''}`;
  }
  return loop.lag > 0 ? `loop lag ${loop.lag} ms` : 'loop free';
}

/** Returns what the panel says of a server's requests. */
export function requestsText(server: Server): string {
  const failed = server.failed > 0 ? `, ${server.failed} failed` : '';
  return `${server.rate.toFixed(0)} requests/s, ${server.inFlight} in flight, ${server.served} served${failed}`;
}
