/** A request that the server did not fulfil; its message is for people. */
export class refusal extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

const token = document.querySelector<HTMLMetaElement>('meta[name="ravine-token"]')?.content ?? '';

async function problem_of(response: Response): Promise<refusal> {
  const text = await response.text();
  try {
    return new refusal((JSON.parse(text) as {error: string}).error, response.status);
  } catch {
    return new refusal(text || response.statusText, response.status);
  }
}

async function reach(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === 'AbortError') throw problem;
    throw new refusal('The server does not answer. Is ravine explore still running?', 0);
  }
}

export async function get<answer>(path: string): Promise<answer> {
  const response = await reach(path, {});
  if (!response.ok) throw await problem_of(response);
  return await response.json() as answer;
}

/** As get, or null if nothing has changed since the answer that had that tag. */
export async function get_if_changed<answer>(path: string, tag: string): Promise<{answer: answer; tag: string} | null> {
  const response = await reach(path, {headers: tag ? {'If-None-Match': tag} : {}, cache: 'no-store'});
  if (response.status === 304) return null;
  if (!response.ok) throw await problem_of(response);
  return {answer: await response.json() as answer, tag: response.headers.get('ETag') ?? ''};
}

function posted(body: unknown, signal?: AbortSignal): RequestInit {
  return {method: 'POST', headers: {'Content-Type': 'application/json', 'X-Ravine-Token': token}, body: JSON.stringify(body),
          ...(signal ? {signal} : {})};
}

export async function post<answer>(path: string, body: unknown): Promise<answer> {
  const response = await reach(path, posted(body));
  if (!response.ok) throw await problem_of(response);
  return await response.json() as answer;
}

/** Server-sent events, each handed on as it comes, until they end or are aborted. */
export async function events<event>(path: string, body: unknown, signal: AbortSignal, on_event: (event: event) => void): Promise<void> {
  const response = await reach(path, posted(body, signal));
  if (!response.ok) throw await problem_of(response);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) if (part.startsWith('data: ')) on_event(JSON.parse(part.slice(6)) as event);
  }
}

/** Runs one request at a time; what is asked meanwhile runs once, when that one has ended. */
export class latest_only {
  private running = false;
  private again = false;

  /** `on_busy` hears when the first begins and when nothing is left to do. */
  constructor(private readonly job: () => Promise<void>, private readonly on_busy: (busy: boolean) => void) {}

  ask(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    this.on_busy(true);
    void this.job().finally(() => {
      this.running = false;
      if (!this.again) return this.on_busy(false);
      this.again = false;
      this.ask();
    });
  }
}
