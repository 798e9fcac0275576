import * as z from 'zod';
import { compareEvents, eventKey, type ResourceEvent } from '../../domain/resource-event.js';
import { checkFirst } from '../shared/checks.js';
import { readCursor, writeCursor } from '../shared/cursor.js';
import { pageOf, type Page, type PageRequest } from '../shared/page.js';

const cursorShape = z.strictObject({ v: z.literal('events1'), t: z.number(), k: z.string() });

/**
 * A page of events, newest first. A cursor identifies an event, so that paging continues after it even if new events were recorded.
 * @throws ExpectedFailure INVALID_INPUT if `first` is out of range or the cursor is of another connection
 */
export function pageOfEvents(events: readonly ResourceEvent[], page: PageRequest): Page<ResourceEvent> {
  checkFirst(page.first);
  const newestFirst = events.toSorted((one, other) => compareEvents(other, one));
  const rest = page.after == null ? newestFirst : newestFirst.filter(isAfter(page.after));
  return pageOf(rest, page, (event) => writeCursor({ v: 'events1', t: event.at.getTime(), k: eventKey(event) }));
}

function isAfter(cursor: string): (event: ResourceEvent) => boolean {
  const { t: time, k: key } = readCursor(cursor, cursorShape);
  return (event) => event.at.getTime() < time || (event.at.getTime() === time && eventKey(event) < key);
}
