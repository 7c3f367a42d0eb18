// Drives Firefox by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/), which it speaks by itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

const PLACES = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

/** The program; undefined where there is none. */
export const firefoxProgram = [process.env['ANYSLICE_FIREFOX'] ?? '', ...PLACES].find(existsSync);

/** What Firefox answers to a command; the fields depend on it. */
type Answer = Record<string, unknown>;

interface Waiter {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

// A machine busy with other tests takes its time to start a browser.
const START = 40_000;

export class Firefox {
  private commands = 0;
  private readonly waiting = new Map<number, Waiter>();
  /** Addresses that the page has asked for, in their order. */
  readonly requests: string[] = [];
  /** What the page has written to its console as an error, and errors nobody caught. */
  readonly errors: string[] = [];
  private context = '';

  private constructor(
    private readonly program: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data) => this.hear(JSON.parse(String(data))));
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('Firefox has gone.'));
    });
  }

  /** `prelude`: a function that runs in every page before its own scripts. */
  static async start(program: string, prelude: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'anyslice-firefox-'));
    const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const socket = new WebSocket(`${await addressOf(child)}/session`);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      const firefox = new Firefox(child, profile, socket);
      await firefox.begin(prelude);
      return firefox;
    } catch (error) {
      await end(child, profile);
      throw error;
    }
  }

  private async begin(prelude: string): Promise<void> {
    await this.ask('session.new', { capabilities: {} });
    const { contexts } = (await this.ask('browsingContext.getTree', {})) as { contexts: { context: string }[] };
    this.context = contexts[0]!.context;
    const events = ['network.beforeRequestSent', 'log.entryAdded'];
    await this.ask('session.subscribe', { events, contexts: [this.context] });
    await this.ask('script.addPreloadScript', { functionDeclaration: prelude });
  }

  async open(url: string): Promise<void> {
    await this.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** The string that an expression has in the page as its value, once it is one; promises are awaited. */
  async read(expression: string): Promise<string> {
    const answer = await this.ask('script.evaluate', {
      expression,
      target: { context: this.context },
      awaitPromise: true,
      userActivation: true,
    });
    const { result, exceptionDetails } = answer as {
      result?: { value?: unknown };
      exceptionDetails?: { text: string };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return String(result?.value ?? '');
  }

  async stop(): Promise<void> {
    this.socket.close();
    await end(this.program, this.profile);
  }

  private ask(method: string, params: Answer): Promise<Answer> {
    const id = ++this.commands;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private hear(message: { id?: number; method?: string; result?: Answer; params?: Answer; message?: string }): void {
    if (message.id !== undefined) {
      const waiter = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.result) waiter?.resolve(message.result);
      else waiter?.reject(new Error(`Firefox: ${message.message}`));
    } else if (message.method === 'network.beforeRequestSent') {
      this.requests.push((message.params as { request: { url: string } }).request.url);
    } else if (message.method === 'log.entryAdded') {
      const { level, text } = message.params as { level: string; text: string };
      if (level === 'error') this.errors.push(text);
    }
  }
}

/** Ends the program, where it runs, and deletes its profile. */
async function end(program: ChildProcess, profile: string): Promise<void> {
  // A program that could not be started has no number.
  if (program.pid !== undefined && program.exitCode === null && program.signalCode === null) {
    const gone = new Promise((resolve) => program.once('exit', resolve));
    program.kill();
    await gone;
  }
  // Firefox is not always done writing when it has gone.
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Where the browser listens: it says so once it does. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Firefox does not listen. It said: ${said}`)), START);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Firefox ended. It said: ${said}`)));
    child.stderr!.on('data', (data) => {
      said += data;
      const [, address] = said.match(/WebDriver BiDi listening on (ws:\/\/\S+)/) ?? [];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
