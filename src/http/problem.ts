import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Announce } from '../announcements.ts';
import { isAway, isOutOfRoom, isRetryable, sqlState } from '../database/postgres.ts';
import { type ErrorKind, LetheError, messageOf } from '../errors.ts';
import { unreadableCursor } from './app.ts';
import { unstorableText, WrongShape } from './validation.ts';

/** Which HTTP status each kind of error has: said here and nowhere else. */
const statusOf: Record<ErrorKind, number> = {
  unreadable: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  unsupported: 415,
  unacceptable: 422,
  busy: 429,
  away: 503,
};

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const retryAfterSeconds: Partial<Record<ErrorKind, number>> = { busy: 1, away: 5 };

/** A problem document of RFC 9457. */
export function problemDocument(status: number, code: string, detail: string, members: Record<string, unknown> = {}) {
  return { type: `urn:lethe:problem:${code}`, title: titles[status] ?? 'Error', status, detail, code, ...members };
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  members?: Record<string, unknown>,
): FastifyReply {
  const document = problemDocument(status, code, detail, members);
  // As text: a route's response schema knows only its good answers.
  return reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .serializer((text: string) => text)
    .send(JSON.stringify(document));
}

/** Turns whatever was thrown into the answer. What nobody expected is logged, and its details stay in the log. */
export function answerError(announce: Announce) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = refusalOf(error, request);
    if (!refusal) {
      announce('request.failed', { ...whereOf(request), ...describeFailure(error) });
      const detail = 'Lethe could not do this because of an error of its own; the log has the details.';
      return sendProblem(reply, 500, 'server.error', detail, { requestId: request.id });
    }
    if (refusal.code.startsWith('database.') && refusal.kind === 'away') announce('database.away', whereOf(request));
    return sendRefusal(reply, refusal);
  };
}

/** Whatever was thrown while a request was answered, as an error of Lethe's own; undefined for what nobody expected. */
export function refusalOf(error: unknown, request: FastifyRequest): LetheError | undefined {
  return asRefusal(error) ?? refusalOfValue(error, request) ?? refusalOfDroppedDataset(error, request);
}

/** Answers what is no HTTP request, or one whose head is too large; nothing else of Fastify's has seen it. */
export function answerUnreadableHead(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, detail] = isTooLarge
    ? [431, 'The address and the headers are larger than 16 KB together.']
    : [400, 'This is no HTTP request that can be read.'];
  const document = JSON.stringify(problemDocument(status, 'request.unreadable', detail));
  const head = `HTTP/1.1 ${status} ${titles[status]}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(document)}\r\n\r\n${document}`);
}

function sendRefusal(reply: FastifyReply, { kind, code, message, extras }: LetheError): FastifyReply {
  const status = statusOf[kind];
  const retryAfter = extras.retryAfterSeconds ?? retryAfterSeconds[kind];
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (extras.location !== undefined) reply.header('location', extras.location);
  if (status === 401 && !isBrowser(reply.request)) {
    reply.header('www-authenticate', 'Basic realm="Lethe", charset="UTF-8"');
  }
  return sendProblem(reply, status, code, message, {
    ...(extras.errors ? { errors: extras.errors } : {}),
    ...extras.members,
  });
}

/** A browser would open a window of its own for name and password instead of telling the page, which has a form. All have this name. */
function isBrowser({ headers }: FastifyRequest): boolean {
  return headers['user-agent']?.startsWith('Mozilla/') ?? false;
}

function asRefusal(error: unknown): LetheError | undefined {
  if (error instanceof LetheError) return error;
  if (error instanceof WrongShape) return error.refusal();
  const ofFastify = refusalOfFastify(error);
  if (ofFastify) return ofFastify;
  if (isAway(error) || (error instanceof Error && isAway(error.cause))) {
    return new LetheError('away', 'database.away', 'The database cannot be reached just now. Try again in a moment.');
  }
  if (isOutOfRoom(error)) {
    return new LetheError(
      'away',
      'database.out_of_room',
      'The database has no room left; the operator has to make some.',
      {
        retryAfterSeconds: 60,
      },
    );
  }
  if (isRetryable(error)) {
    return new LetheError(
      'busy',
      'database.busy',
      'Others hold what this needs; nothing was changed. Try again in a moment.',
    );
  }
  return undefined;
}

/**
 * A value that PostgreSQL cannot read. 22021 and 22P05: a character that cannot be stored as text; 22P02: one that cannot as JSON;
 * 22007 and 22008: no moment. Without such a character in the request only a cursor that nobody was given can be the reason.
 */
function refusalOfValue(error: unknown, request: FastifyRequest): LetheError | undefined {
  if (!['22021', '22P05', '22P02', '22007', '22008'].includes(sqlState(error) ?? '')) return undefined;
  const parts = [request.query, request.body] as ({ cursor?: string } | null | undefined)[];
  const hasCursor = parts.some((part) => part?.cursor !== undefined);
  return unstorableText(request)?.refusal() ?? (hasCursor ? unreadableCursor() : undefined);
}

/** 42P01 and 3F000, no such table or schema: the dataset was deleted after its request had been let in. */
function refusalOfDroppedDataset(error: unknown, { dataset }: FastifyRequest): LetheError | undefined {
  if (!dataset || !['42P01', '3F000'].includes(sqlState(error) ?? '')) return undefined;
  return new LetheError('notFound', 'dataset.unknown', 'There is no such dataset any more.');
}

const refusalsOfFastify: Record<string, [ErrorKind, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'tooLarge',
    'request.too_large',
    'The body is larger than LETHE_BATCH_BYTES_MAX allows.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported',
    'request.media_type',
    'This media type is not taken here; JSON is sent with content-type application/json.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['unreadable', 'request.unreadable', 'The body is empty; JSON was announced.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['unreadable', 'request.unreadable', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['unreadable', 'request.unreadable', 'The body is not as long as announced.'],
  FST_ERR_BAD_URL: ['unreadable', 'request.unreadable', 'The path cannot be decoded.'],
  FST_ERR_MAX_PARAM_LENGTH: ['unreadable', 'request.unreadable', 'A part of the path is longer than 1,024 characters.'],
};

function refusalOfFastify(error: unknown): LetheError | undefined {
  if (!(error instanceof Error)) return undefined;
  const known = refusalsOfFastify[sqlState(error) ?? ''];
  if (known) return new LetheError(...known);
  const status = 'statusCode' in error ? error.statusCode : undefined;
  // A plugin's own refusal, such as a form that ends too early.
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  const kind = status === 413 ? 'tooLarge' : status === 415 ? 'unsupported' : 'unreadable';
  return new LetheError(kind, kind === 'tooLarge' ? 'request.too_large' : 'request.unreadable', error.message);
}

/** Names the route and not the address: that may hold identity values. */
function whereOf(request: FastifyRequest) {
  return { requestId: request.id, method: request.method, route: request.routeOptions.url ?? null };
}

/** A database error's message may quote values of a row (its `detail` does), so only its state and place are kept. */
function describeFailure(error: unknown): Record<string, unknown> {
  const state = sqlState(error);
  const stack =
    error instanceof Error
      ? error.stack
          ?.split('\n')
          .slice(1, 8)
          .map((line) => line.trim())
      : undefined;
  const fromDatabase = error instanceof Error && 'severity' in error;
  return { error: fromDatabase ? `SQLSTATE ${state}` : messageOf(error), code: state, stack };
}
