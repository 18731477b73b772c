/** One event of a `text/event-stream`. */
export interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

/** The events of an answer, as the HTML standard describes the format (section 9.2.6, "Interpreting an event stream"). */
export async function* readServerEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return;
  let event: ServerEvent = { event: '', id: '', data: '' };
  for await (const line of lines(response.body)) {
    if (line === '') {
      if (event.data !== '') yield { ...event, event: event.event || 'message', data: event.data.slice(0, -1) };
      event = { event: '', id: event.id, data: '' };
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') event.data += `${value}\n`;
    else if (field === 'event' || field === 'id') event[field] = value;
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be the first half of CRLF: it waits for what follows.
    const complete = rest.split(/\r\n|\n|\r(?!$)/);
    rest = complete.pop() ?? '';
    yield* complete;
  }
}
