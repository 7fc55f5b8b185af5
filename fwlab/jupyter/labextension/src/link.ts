// The line to one kernel: attaches fwlab there, listens to what it says, and asks for things.

import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { type Facts, NOTHING, type Wanted } from './facts';
import { unquoted } from './pythonText';

const TOLD = 'fwlab';
const ASKED = 'fwlab-ask';
const STILL_HERE = 10_000; // milliseconds; after thirty seconds without a word the kernel sends nothing more
const ATTACH = "__import__('fwlab.jupyter.panel.comms', fromlist=['attach']).attach()";

type Value = { status: 'ok'; data: Record<string, string> } | { status: 'error'; evalue: string };

export class Link {
  /** What the kernel has said last. */
  facts: Facts = NOTHING;
  /** Whether the kernel has fwlab; unknown until it has answered. */
  attached: boolean | null = null;
  readonly changed = new Signal<this, void>(this);
  private told: Kernel.IComm | null = null;
  private asked: Kernel.IComm | null = null;
  private timer: number | null = null;
  private attempt = 0;
  private wanted: readonly Wanted[] = [];

  constructor(readonly kernel: Kernel.IKernelConnection) {
    kernel.statusChanged.connect(this.onStatus, this);
    void this.attach();
  }

  /** Has the kernel tell of these too, as long as somebody looks at them. */
  want(wanted: readonly Wanted[]): void {
    this.wanted = wanted;
    this.sayHere();
  }

  /** Keeps the timeline of a server; the kernel says under which number. */
  keep(server: string): void {
    this.asked?.send({ here: this.told?.commId ?? '', keep: server });
  }

  /** Stops a server of the kernel, also while a cell is running. */
  stop(name: string): void {
    this.asked?.send({ stop: name });
  }

  dispose(): void {
    this.kernel.statusChanged.disconnect(this.onStatus, this);
    this.hangUp();
    this.changed.emit();
    Signal.clearData(this);
  }

  private onStatus(_: unknown, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this.hangUp();
      this.changed.emit();
      if (status !== 'dead') void this.attach();
    }
  }

  private async attach(): Promise<void> {
    const attempt = (this.attempt += 1);
    const { language_info } = await this.kernel.info;
    const attached = language_info.name === 'python' && (await this.value(ATTACH))?.status === 'ok';
    if (attempt !== this.attempt || this.kernel.isDisposed) return;
    this.attached = attached;
    if (attached) this.open();
    this.changed.emit();
  }

  /** Evaluates an expression of type `str` in the kernel, which leaves no name behind; returns it, or what failed. */
  async evaluate(expression: string): Promise<string> {
    const value = await this.value(expression);
    if (value?.status === 'ok') return unquoted(value.data['text/plain'] ?? '');
    return value?.status === 'error' ? value.evalue : 'The kernel was restarted before it could answer.';
  }

  private async value(expression: string): Promise<Value | null> {
    const content = { code: '', silent: true, store_history: false, user_expressions: { fwlab: expression } };
    try {
      for (;;) {
        const { content: reply } = await this.kernel.requestExecute(content).done;
        if (reply.status === 'ok') return reply.user_expressions['fwlab'] as Value;
        if (reply.status === 'error') return null;
        // a cell before it failed, for which the kernel turned away all that waited behind it: ask again
      }
    } catch {
      return null; // the kernel was restarted meanwhile
    }
  }

  private open(): void {
    this.told = this.kernel.createComm(TOLD);
    this.asked = this.kernel.createComm(ASKED);
    this.told.onMsg = message => {
      this.facts = { ...this.facts, ...(message.content.data as Partial<Facts>) };
      this.changed.emit();
    };
    this.told.open();
    this.asked.open();
    this.sayHere();
    this.timer = window.setInterval(() => this.sayHere(), STILL_HERE);
  }

  private sayHere(): void {
    this.asked?.send({ here: this.told?.commId ?? '', wants: [...this.wanted] });
  }

  private hangUp(): void {
    this.attempt += 1;
    if (this.timer !== null) window.clearInterval(this.timer);
    for (const comm of [this.told, this.asked]) {
      if (comm && !comm.isDisposed) comm.dispose();
    }
    this.told = this.asked = this.timer = null;
    this.facts = NOTHING;
    this.attached = null;
  }
}
